import t from '@texts/common'
import { clockTime, day, dayAndTime, elsewhere, relative } from '../time'
import type { Kit } from './kit'

/** An instant and how it is written. */
export interface Instant {
  at: string
  until?: string | null
  timezone: string
  /** `moment` (the default) is a day and a time (with `until`: from–to), `time` the time of day alone, `days` the day or days alone, `relative` such as "in 3 hours". */
  as?: 'moment' | 'time' | 'days' | 'relative'
  /** As "Sat 29 Nov". */
  short?: boolean
}

function textOf({ at, until, timezone, as, short }: Instant): string {
  const size = short ? 'short' : 'long'
  if (as === 'relative') return relative(at)
  if (as === 'time') return until ? `${clockTime(at, timezone)}–${clockTime(until, timezone)}` : clockTime(at, timezone)
  if (as !== 'days') return dayAndTime(at, timezone, until, size)
  const first = day(at, timezone, size)
  const last = until ? day(until, timezone, size) : first
  return first === last ? first : `${first} – ${last}`
}

/** An instant in the zone where the work is, with the viewer's own time beside it where that differs. */
export function when<N>({ el }: Kit<N>, instant: Instant): N {
  const { at, until, timezone, as = 'moment' } = instant
  const own = as === 'moment' || as === 'time' ? elsewhere(at, timezone) : null
  return el('time', { datetime: at, title: `${dayAndTime(at, timezone, until)} (${timezone})`, class: 'num' }, [
    textOf(instant),
    own ? el('span', { class: 'muted' }, [` (${t.yourTime(own)})`]) : null,
  ])
}
