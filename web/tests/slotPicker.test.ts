import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import SlotPicker from '../src/pages/services/SlotPicker.vue'
import { api } from '../src/session/api'

vi.mock('../src/time', async (actual) => ({ ...(await actual<object>()), ownZone: () => 'UTC' }))

const AUCKLAND = 'Pacific/Auckland'
/** The evening of the 29th for who looks, the morning of the 30th where the work is. */
const NOW = new Date('2026-11-29T20:00:00Z')
let windows: { from: string; to: string }[] = []

/** Answers with a slot each half day of the window that is asked for. */
function answer(_path: string, { params }: { params: { query: { from: string; to: string } } }): Promise<unknown> {
  windows.push(params.query)
  const items = []
  for (let at = NOW.getTime() + 3_600_000; at < Date.parse(params.query.to); at += 43_200_000) if (at >= Date.parse(params.query.from)) items.push({ start_at: new Date(at).toISOString(), end_at: new Date(at + 3_600_000).toISOString() })
  return Promise.resolve({ data: { items, is_bookable: true, timezone: AUCKLAND, provider_timezone: AUCKLAND } })
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  windows = []
  vi.spyOn(api, 'GET').mockImplementation(answer as never)
})
afterEach(() => vi.useRealTimers())

it('shows the week of the provider’s zone by one read, whose times do not move', async () => {
  const picker = mount(SlotPicker, { props: { serviceId: 'svc_1', modelValue: null } })
  await flushPromises()
  expect(windows).toHaveLength(1)
  expect(picker.text()).toContain('30 Nov')
  expect(picker.text()).not.toContain('29 Nov')
  const days = picker.findAll('ol > li')
  expect(days).toHaveLength(7)
  for (const each of days) expect(each.findAll('button').length, each.text()).toBeGreaterThan(0)
})

it('goes on a week from there, also where that is asked for before the first answer', async () => {
  const picker = mount(SlotPicker, { props: { serviceId: 'svc_1', modelValue: null } })
  const later = picker.findAll('button')[1]
  await later?.trigger('click')
  await flushPromises()
  expect(picker.findAll('ol > li').map((each) => Number(/\d+/.exec(each.text())?.[0]))).toEqual([7, 8, 9, 10, 11, 12, 13])
  await later?.trigger('click')
  await flushPromises()
  expect(windows.at(-1)).toEqual({ from: '2026-12-13T11:00:00.000Z', to: '2026-12-20T11:00:00.000Z', options: [] })
})
