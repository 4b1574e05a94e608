import { mount, RouterLinkStub } from '@vue/test-utils'
import { expect, it } from 'vitest'
import WeekGrid from '../src/pages/provider/WeekGrid.vue'

const HOUR_PX = 44
const ZONE = 'Pacific/Auckland'

/** The hour of the axis at which a job is drawn that begins then. */
function hourOf(monday: string, start_at: string, end_at: string): number {
  const entry = { id: 'bkg_1', kind: 'job' as const, start_at, end_at, label: 'Hedge', to: '/bookings/bkg_1' }
  const grid = mount(WeekGrid, { props: { monday, timezone: ZONE, entries: [entry] }, global: { stubs: { RouterLink: RouterLinkStub } } })
  const first = Number(/(\d+):00/.exec(grid.get('[aria-hidden=true] div').text())?.[1])
  const top = Number(/top: ([\d.]+)px/.exec(grid.get('a[style]').attributes('style') ?? '')?.[1])
  return first + (top - 2) / HOUR_PX
}

it('draws jobs at the hours of the clock, on the days that it is changed, too', () => {
  expect(hourOf('2026-11-30', '2026-12-05T21:00:00Z', '2026-12-05T22:00:00Z')).toBe(10)
  expect(hourOf('2026-09-21', '2026-09-26T21:00:00Z', '2026-09-26T22:00:00Z')).toBe(10)
  expect(hourOf('2026-03-30', '2026-04-04T22:00:00Z', '2026-04-04T23:00:00Z')).toBe(10)
  // From half past two until a quarter past two, when the clock was set back between.
  expect(hourOf('2026-03-30', '2026-04-04T13:30:00Z', '2026-04-04T14:15:00Z')).toBe(2.5)
})
