import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import MatchCard from '../src/pages/requests/MatchCard.vue'
import SlotPicker from '../src/pages/services/SlotPicker.vue'
import { api } from '../src/session/api'
import { bothTimes } from '../src/support/bothTimes'
import { elsewhere, ownZone } from '../src/time'
import common from '@texts/common'
import t from '@texts/services'

const AT = new Date(Date.now() + 2 * 86_400_000).toISOString()
const AWAY = elsewhere(AT, 'Pacific/Auckland') ? 'Pacific/Auckland' : 'America/New_York'
const OWN = common.yourTime(elsewhere(AT, AWAY) ?? '')
const global = { stubs: { RouterLink: RouterLinkStub, ActionBar: true } }

afterEach(() => vi.restoreAllMocks())

async function picker(zone: string) {
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: [{ start_at: AT }], provider_timezone: zone, is_bookable: true } } as never)
  const found = mount(SlotPicker, { props: { serviceId: 'svc_1', modelValue: null } })
  await flushPromises()
  return found
}

describe("the viewer's own time where it differs", () => {
  it('stands in free times, where a phone shows it', async () => {
    const away = await picker(AWAY)
    expect(away.get('.chip-slot').text()).toContain(elsewhere(AT, AWAY, 'weekday') ?? 'nothing')
    expect(away.get('.chip-slot').text()).toContain(t.slotsOwnTime)
    expect(away.text()).toContain(t.slotsOwn)
    const here = await picker(ownZone())
    expect(here.find('.chip-slot small').exists()).toBe(false)
    expect(here.text()).not.toContain(t.slotsOwn)
  })
  it('stands beside the time of an offer', () => {
    const quote = { total: { amount: 5_000, currency: 'nzd' }, lines: [], start_at: AT, valid_until: AT, note: '' }
    const match = { id: 'off_1', provider_id: 'prv_1', provider_name: 'Kowhai', service_title: 'Hedges', distance_m: null, price: null, status: 'open', quote, counter: null, decline_note: '', available_actions: [], booking_id: null, score: { total: 0, parts: [] } }
    const card = mount(MatchCard, { props: { match, timezone: AWAY, perform: () => Promise.resolve() } as never, global: { stubs: { ...global.stubs, ScoreParts: true } } })
    expect(card.get('time').text()).toContain(OWN)
  })
  it('stands in sentences', () => {
    expect(bothTimes(AT, AWAY)).toContain(`(${OWN})`)
    expect(bothTimes(AT, ownZone())).not.toContain('your time')
  })
})
