import { clockTime, dateKey, instantOf } from '../time'

/** The wall clock of an instant in a zone, as a `datetime-local` field wants it: `2026-11-29T08:30`. */
export function toField(at: string | Date, zone: string): string {
  const [hour = '0', minute = '00'] = (clockTime(at, zone).split(' ')[0] ?? '').split(':')
  return `${dateKey(at, zone)}T${hour.padStart(2, '0')}:${minute}`
}

/** The instant of what such a field holds, as the API writes it. */
export function fromField(local: string, zone: string): string {
  const [date = '', time = '00:00'] = local.split('T')
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return stamp(instantOf(date, zone, hours * 60 + minutes))
}

/** An instant as the API writes it: UTC, whole seconds. */
export const stamp = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, 'Z')

/** The Monday of a date's week: weeks begin on Mondays here. */
export function mondayOf(date: string): string {
  const at = new Date(`${date}T12:00:00Z`)
  const back = (at.getUTCDay() + 6) % 7
  return new Date(at.getTime() - back * 86_400_000).toISOString().slice(0, 10)
}
