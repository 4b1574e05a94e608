import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import { earningMonths } from '../src/pages/provider/earningMonths'
import EntryDialog from '../src/pages/provider/EntryDialog.vue'
import TodayPage from '../src/pages/provider/TodayPage.vue'
import { api } from '../src/session/api'
import { stamp } from '../src/support/moments'
import t from '@texts/provider'

vi.mock('../src/session/live', () => ({ useLive: () => undefined }))

const profile = { status: 'approved', timezone: 'Pacific/Auckland', is_billable: true, has_availability: true, rating: { mean: null, count: 0 } }

/** The page of a provider of whom this is known. */
async function today(known: { profile?: object; lists?: Record<string, object[]> } = {}) {
  const bodies: Record<string, object> = {
    '/v1/providers/me': { ...profile, ...known.profile },
    '/v1/providers/me/stats': { offers: { median_reply_seconds: null, agreement_rate: null } },
  }
  const read = vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: bodies[path] ?? { items: known.lists?.[path] ?? [], offers: [], next_cursor: null } })) as never)
  const page = mount(TodayPage, { global: { plugins: [createPinia()], stubs: { RouterLink: RouterLinkStub, WaitingList: true, Chart: true } }, attachTo: document.body })
  await flushPromises()
  await flushPromises()
  return { page, read }
}

it('leads who was rejected to where they apply again', async () => {
  const { page } = await today({ profile: { status: 'rejected', is_billable: false } })
  expect(page.text()).toContain(t.today.notListedWhy.rejected)
  expect(page.findAllComponents(RouterLinkStub).map((each) => each.props('to'))).toContain('/onboarding/provider')
  page.unmount()
})

it('sums up what is held of whole months, and counts no jobs of which nothing is held', async () => {
  const nzd = (amount: number) => ({ amount, currency: 'nzd' })
  const month = { period: '2026-11', bookings: 14, held: nzd(8_000), paid_out: nzd(90_000), expected: nzd(0), commission: nzd(0), owed: nzd(0) }
  const { page, read } = await today({ lists: { '/v1/providers/me/earnings': [month] } })
  expect((read.mock.calls as unknown[][]).filter(([path]) => path === '/v1/providers/me/earnings').map(([, given]) => given)).toEqual([{ params: { query: earningMonths('Pacific/Auckland') } }])
  expect(page.text()).toContain('NZ$80.00')
  expect(page.text()).not.toContain('14 bookings')
  page.unmount()
})

it('opens what is kept free in the week, as the calendar does', async () => {
  const now = new Date()
  const block = { id: 'blk_1', start_at: stamp(now), end_at: stamp(new Date(now.getTime() + 3_600_000)), reason: 'Dentist' }
  const { page } = await today({ lists: { '/v1/providers/me/blocks': [block] } })
  expect(page.findComponent(EntryDialog).exists()).toBe(false)
  await page.findAll('button').find((each) => each.text().includes('Dentist'))?.trigger('click')
  expect(page.findComponent(EntryDialog).exists()).toBe(true)
  page.unmount()
})
