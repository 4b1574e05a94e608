import { describe, expect, it } from 'vitest'
import { addDays, clockTime, dateKey, dayAndTime, elsewhere, instantOf, localInput, offsetMinutes } from '../src/time'

const AUCKLAND = 'Pacific/Auckland'

describe('times in the zone of the work', () => {
  it('writes a day and from when to when', () => {
    expect(dayAndTime('2026-11-28T19:00:00Z', AUCKLAND, '2026-11-28T21:00:00Z')).toMatch(/^Sunday 29 November(?: 2026)?, 8:00–10:00$/)
  })
  it('names the zone on nights when clocks change, for there are two half past twos', () => {
    const [first, second] = ['2026-04-04T13:30:00Z', '2026-04-04T14:30:00Z'].map((at) => clockTime(at, AUCKLAND))
    expect(first).not.toBe(second)
    expect(clockTime('2026-06-01T00:00:00Z', AUCKLAND)).toBe('12:00')
  })
  it('takes a typed time of day for the instant that it is there, across a change of clocks', () => {
    expect(instantOf('2026-09-27', AUCKLAND, 9 * 60).toISOString()).toBe('2026-09-26T20:00:00.000Z')
    expect(instantOf('2026-09-26', AUCKLAND, 9 * 60).toISOString()).toBe('2026-09-25T21:00:00.000Z')
    expect(localInput('2026-09-26T20:00:00Z', AUCKLAND)).toBe('2026-09-27T09:00')
  })
  it('counts days as dates', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(dateKey('2026-11-29T12:00:00Z', AUCKLAND)).toBe('2026-11-30')
  })
  it("shows the viewer's time only where it is another", () => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone
    expect(elsewhere('2026-11-29T12:00:00Z', own)).toBeNull()
    const other = offsetMinutes(new Date('2026-11-29T12:00:00Z'), own) === 780 ? 'UTC' : AUCKLAND
    expect(elsewhere('2026-11-29T12:00:00Z', other)).not.toBeNull()
  })
})
