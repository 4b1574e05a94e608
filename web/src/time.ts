/** Instants as people read them: in the zone where the work is, with the viewer's own beside it where they differ. */

const LOCALE = 'en-NZ'
const HALF_DAY_MS = 43_200_000
const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options)
  const kept = formats.get(key)
  if (kept) return kept
  const made = new Intl.DateTimeFormat(LOCALE, options)
  formats.set(key, made)
  return made
}

/** The browser's own zone. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Minutes that a zone is ahead of UTC at an instant. */
export function offsetMinutes(at: Date, zone: string): number {
  const parts = format({
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
  const local = Date.UTC(value('year'), value('month') - 1, value('day'), value('hour'), value('minute'), value('second'))
  return Math.round((local - Math.floor(at.getTime() / 1000) * 1000) / 60_000)
}

/** Whether a zone's clocks change within half a day: then two times of day may have one name. */
function isNearChange(at: Date, zone: string): boolean {
  return (
    offsetMinutes(new Date(at.getTime() - HALF_DAY_MS), zone) !== offsetMinutes(new Date(at.getTime() + HALF_DAY_MS), zone)
  )
}

/** Time of day, such as 8:00; with the zone's abbreviation on nights when clocks change. */
export function clockTime(at: string | Date, zone: string): string {
  const instant = new Date(at)
  const text = format({ timeZone: zone, hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }).format(instant)
  const plain = text.replace(/^0(\d)/, '$1')
  if (!isNearChange(instant, zone)) return plain
  const name = format({ timeZone: zone, hour: 'numeric', timeZoneName: 'short' })
    .formatToParts(instant)
    .find((part) => part.type === 'timeZoneName')?.value
  return name ? `${plain} ${name}` : plain
}

/** A day: `long` is "Saturday 29 November", `short` "Sat 29 Nov", `weekday` "Sat". The year only where it is another. */
export function day(at: string | Date, zone: string, size: 'long' | 'short' | 'weekday' = 'long'): string {
  const instant = new Date(at)
  if (size === 'weekday') return format({ timeZone: zone, weekday: 'short' }).format(instant)
  const year = format({ timeZone: zone, year: 'numeric' })
  const isOtherYear = year.format(instant) !== year.format(new Date())
  return format({
    timeZone: zone,
    weekday: size,
    day: 'numeric',
    month: size,
    ...(isOtherYear ? { year: 'numeric' as const } : {}),
  })
    .format(instant)
    .replaceAll(',', '')
}

/** A date that papers carry: "29 November 2026", with its year also where it is this one. */
export const fullDate = (at: string | Date, zone: string): string => format({ timeZone: zone, day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(at))

/** A day and a time: "Saturday 29 November, 8:00", or with an end "…, 8:00–10:00". */
export function dayAndTime(
  at: string | Date,
  zone: string,
  until: string | Date | null = null,
  size: 'long' | 'short' = 'long',
): string {
  if (!until) return `${day(at, zone, size)}, ${clockTime(at, zone)}`
  if (dateKey(at, zone) === dateKey(until, zone)) {
    return `${day(at, zone, size)}, ${clockTime(at, zone)}–${clockTime(until, zone)}`
  }
  return `${day(at, zone, size)}, ${clockTime(at, zone)} – ${day(until, zone, size)}, ${clockTime(until, zone)}`
}

/** The same instant in the viewer's zone, or null where both clocks show the same; `weekday` ("Fri 21:00") where there is little room. */
export function elsewhere(at: string | Date, zone: string, size: 'short' | 'weekday' = 'short'): string | null {
  const own = ownZone()
  const instant = new Date(at)
  if (offsetMinutes(instant, own) === offsetMinutes(instant, zone)) return null
  const isSameDay = dateKey(instant, own) === dateKey(instant, zone)
  if (isSameDay) return clockTime(instant, own)
  return `${day(instant, own, size)}${size === 'short' ? ',' : ''} ${clockTime(instant, own)}`
}

/** The calendar date in a zone, as 2026-11-29. */
export function dateKey(at: string | Date, zone: string): string {
  const parts = format({ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(new Date(at))
  const value = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
  return `${value('year')}-${value('month')}-${value('day')}`
}

/** The instant at which a date begins in a zone, plus minutes of its day. */
export function instantOf(date: string, zone: string, minutes = 0): Date {
  const guess = Date.parse(`${date}T00:00:00Z`) + minutes * 60_000
  const first = guess - offsetMinutes(new Date(guess), zone) * 60_000
  return new Date(guess - offsetMinutes(new Date(first), zone) * 60_000)
}

/** A date some days later: of dates, not instants, so that days of 23 hours count as days. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** How long until or since an instant, as "in 3 hours" or "2 days ago". */
export function relative(at: string | Date, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ]
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return words.format(Math.round(seconds / length), unit)
  }
  return words.format(Math.round(seconds), 'second')
}

/** An instant as a `datetime-local` field shows it, in a zone. */
export function localInput(at: string | Date, zone: string): string {
  const local = new Date(new Date(at).getTime() + offsetMinutes(new Date(at), zone) * 60_000)
  return local.toISOString().slice(0, 16)
}
