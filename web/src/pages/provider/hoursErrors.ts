import { problemOf } from '../../support/explain'

/** What was refused of a week's hours and of the days that differ, by where it is shown. */
export interface HoursErrors {
  /** By the day of the week, Monday first. */
  week: Record<number, string>
  exceptions: Record<number, string>
  holidays: Record<number, string>
}

/**
 * Sort what the server refused by the row it is about.
 *
 * @param error What saving threw.
 * @param sent The days of the week that were sent, in their order: the server counts those, and closed days are not among them.
 */
export function hoursErrors(error: unknown, sent: readonly number[]): HoursErrors {
  const found: HoursErrors = { week: {}, exceptions: {}, holidays: {} }
  for (const { field, message } of problemOf(error)?.errors ?? []) {
    const [, part, place] = /(weekly|exceptions|holidays)\.(\d+)/.exec(field) ?? []
    const index = Number(place)
    if (part === 'weekly') found.week[sent[index] ?? index] ??= message
    else if (part === 'exceptions' || part === 'holidays') found[part][index] ??= message
  }
  return found
}
