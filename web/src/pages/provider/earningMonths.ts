import { stamp } from '../../support/moments'
import { dateKey, instantOf } from '../../time'

/** As many months as earnings may be asked for at once, this one and agreed work ahead among them. */
const MONTHS = 12
const AHEAD = 3

/** The whole months in a zone whose earnings are shown: of a part, a month's sums would be wrong. */
export function earningMonths(zone: string, now = new Date()): { from: string; to: string } {
  const [year = 0, month = 1] = dateKey(now, zone).split('-').map(Number)
  const first = (later: number) => stamp(instantOf(new Date(Date.UTC(year, month - 1 + later, 1)).toISOString().slice(0, 10), zone))
  return { from: first(AHEAD + 1 - MONTHS), to: first(AHEAD + 1) }
}
