import { money, words, type Sum } from '../../format'
import { dayAndTime, ownZone } from '../../time'

const INSTANT = /^\d{4}-\d{2}-\d{2}T/
const NAME = /^[a-z]+(_[a-z]+)+$/
/** Amounts without their currency, which say nothing to a person. */
const UNTOLD: ReadonlySet<string> = new Set(['captured', 'refunded'])

/** What is known besides of something that happened, as a line of words: nothing that is empty, instants in the viewer's zone. */
export function detailsText(details: Record<string, unknown>): string {
  return Object.entries(details)
    .filter(([name, value]) => value !== null && value !== '' && value !== 0 && value !== false && value !== 'none' && !UNTOLD.has(name))
    .map(([name, value]) => `${words(name).toLowerCase()}: ${written(value)}`)
    .join(' · ')
}
const isSum = (value: unknown): value is Sum => typeof value === 'object' && value !== null && typeof (value as Sum).amount === 'number' && typeof (value as Sum).currency === 'string'
function written(value: unknown): string {
  if (isSum(value)) return money(value)
  if (Array.isArray(value)) return value.map(written).join(', ')
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  if (INSTANT.test(text)) return dayAndTime(text, ownZone(), null, 'short')
  return NAME.test(text) ? text.replaceAll('_', ' ') : text
}
