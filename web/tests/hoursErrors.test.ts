import { describe, expect, it } from 'vitest'
import { hoursErrors } from '../src/pages/provider/hoursErrors'

describe('what is refused of a week', () => {
  it('stands beside the day that it is about, though closed days are not sent', () => {
    const errors = [
      { field: 'weekly.1.ranges.0.end', message: 'The end must come after the start.' },
      { field: 'exceptions.2.ranges', message: 'Give the hours.' },
      { field: 'holidays.0', message: 'This holiday overlaps another one.' },
      { field: 'slot_step_minutes', message: 'Give a multiple of 5.' },
    ]
    expect(hoursErrors({ problem: { errors } }, [0, 4])).toEqual({
      week: { 4: 'The end must come after the start.' },
      exceptions: { 2: 'Give the hours.' },
      holidays: { 0: 'This holiday overlaps another one.' },
    })
    expect(hoursErrors(null, [])).toEqual({ week: {}, exceptions: {}, holidays: {} })
  })
})
