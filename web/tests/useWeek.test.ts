import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { useWeek, type WeekEntry } from '../src/pages/provider/useWeek'
import { api } from '../src/session/api'
import t from '@texts/provider'

const LISTS: Record<string, object[]> = {
  '/v1/providers/me/jobs': [{ id: 'bkg_1', status: 'accepted', title: 'Hedge', start_at: '2026-12-01T00:00:00Z', end_at: '2026-12-01T01:00:00Z' }],
  '/v1/offers': [
    { id: 'ofr_1', minutes: 90, job: { title: 'Macrocarpa' }, quote: { start_at: '2026-12-02T20:00:00Z' } },
    { id: 'ofr_2', minutes: 90, job: { title: 'Not answered yet' }, quote: null },
    { id: 'ofr_3', minutes: 90, job: { title: 'Of another week' }, quote: { start_at: '2026-12-12T20:00:00Z' } },
  ],
  '/v1/bookings': [
    { id: 'bkg_1', service: { title: 'Hedge' }, reschedule: { start_at: '2026-12-03T00:00:00Z', end_at: '2026-12-03T01:00:00Z' } },
    { id: 'bkg_2', service: { title: 'Lawn' }, reschedule: null },
  ],
}

it('holds what a quote and a proposed new time keep, each list asked for once', async () => {
  const get = vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: { items: LISTS[path] ?? [], next_cursor: null } })) as never)
  let found: WeekEntry[] = []
  const week = mount({
    setup: () => {
      const { entries } = useWeek(ref('2026-11-30'), ref('Pacific/Auckland'))
      return () => ((found = entries.value), null)
    },
  })
  await flushPromises()
  expect(found.map(({ kind, label, to, end_at }) => [kind, label, to, end_at])).toEqual([
    ['job', 'Hedge', '/bookings/bkg_1', '2026-12-01T01:00:00Z'],
    ['hold', t.calendar.quoted('Macrocarpa'), '/offers/ofr_1', '2026-12-02T21:30:00Z'],
    ['hold', t.calendar.moved('Hedge'), '/bookings/bkg_1', '2026-12-03T01:00:00Z'],
  ])
  expect(new Set(found.map((each) => each.id)).size).toBe(found.length)
  expect(get).toHaveBeenCalledTimes(5)
  week.unmount()
})
