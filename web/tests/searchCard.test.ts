import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import SearchCard from '../src/pages/search/SearchCard.vue'
import { api } from '../src/session/api'
import type { Schemas } from '../src/support/schemas'
import { elsewhere, instantOf, ownZone } from '../src/time'
import common from '@texts/common'
import t from '@texts/search'

const service = { id: 'svc_1', title: 'Hedges', category: 'gardening', price_type: 'fixed', price: { amount: 5_000, currency: 'nzd' }, total_price: null, duration_minutes: 60, rating: { count: 0, mean: null }, distance_m: null, auto_accept: true, place_kinds: [], provider: { trading_name: 'Kowhai Gardens', is_verified: true } } as unknown as Schemas['FoundService']
const days = (first: string, last: string) => ({ from: instantOf(first, ownZone()), to: instantOf(last, ownZone()) })
const TODAY = days('2026-11-29', '2026-11-30')

function answer(items: { start_at: string }[], provider_timezone = ownZone()) {
  return vi.spyOn(api, 'GET').mockResolvedValue({ data: { items, provider_timezone, is_bookable: true } } as never)
}
async function card(span: typeof TODAY | null, when = '') {
  const found = mount(SearchCard, { props: { service, span, when }, global: { stubs: { RouterLink: RouterLinkStub } } })
  await flushPromises()
  return found
}
const slots = (found: Awaited<ReturnType<typeof card>>) => found.get(`[aria-label="${t.card.soon}"]`)

beforeEach(() => {
  vi.stubGlobal('IntersectionObserver', class {
    constructor(private seen: (entries: { isIntersecting: boolean }[]) => void) {}
    observe = () => this.seen([{ isIntersecting: true }])
    disconnect = () => undefined
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('free times of what was found', () => {
  it('are read anew where the span ends elsewhere, and not where it only begins some seconds later', async () => {
    const read = answer([{ start_at: '2026-11-29T20:00:00Z' }])
    const found = await card(TODAY, 'today')
    await found.setProps({ span: { from: new Date(TODAY.from.getTime() + 5_000), to: TODAY.to } })
    expect(read).toHaveBeenCalledTimes(1)
    await found.setProps({ span: { from: TODAY.from, to: instantOf('2026-12-06', ownZone()) }, when: 'week' })
    expect(read).toHaveBeenCalledTimes(2)
    expect(slots(found).findAllComponents(RouterLinkStub)).toHaveLength(0)
    await flushPromises()
    expect(slots(found).findAllComponents(RouterLinkStub)).toHaveLength(1)
  })
  it('are none within what was asked for, by its name', async () => {
    answer([])
    expect(slots(await card(null)).text()).toBe('No free time in the next two weeks')
    expect(slots(await card(TODAY, 'today')).text()).toBe('No free time today')
    expect(slots(await card(days('2026-12-05', '2026-12-06'), '2026-12-05')).text()).toMatch(/^No free time on Sat 5 Dec/)
  })
  it('are not none where they could not be read', async () => {
    vi.spyOn(api, 'GET').mockRejectedValue(new TypeError('lost'))
    const found = slots(await card(null))
    expect(found.text()).toBe(`${t.card.failed} ${t.card.see}`)
    expect(found.getComponent(RouterLinkStub).props('to')).toBe('/services/svc_1#times')
  })
  it("have the viewer's own beside them where clocks differ", async () => {
    const zone = elsewhere('2026-11-29T20:00:00Z', 'Pacific/Auckland') ? 'Pacific/Auckland' : 'America/New_York'
    answer([{ start_at: '2026-11-29T20:00:00Z' }], zone)
    expect(slots(await card(null)).text()).toContain(common.yours(elsewhere('2026-11-29T20:00:00Z', zone, 'weekday') ?? ''))
    answer([{ start_at: '2026-11-29T20:00:00Z' }])
    expect(slots(await card(null)).text()).not.toContain('yours')
  })
})
