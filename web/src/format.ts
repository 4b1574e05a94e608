/** Amounts, distances and words for people. What is only looks stands here; what is a rule stands in the API. */

/** Money as the API gives it: whole minor units. */
export interface Sum {
  amount: number
  currency: string
}

const LOCALE = document.documentElement.lang || 'en'
const formats = new Map<string, Intl.NumberFormat>()

function currencyFormat(currency: string, isWhole: boolean): Intl.NumberFormat {
  const key = `${currency}${isWhole}`
  const kept = formats.get(key)
  if (kept) return kept
  const made = new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency: currency.toUpperCase(),
    ...(isWhole ? { minimumFractionDigits: 0 } : {}),
  })
  formats.set(key, made)
  return made
}

/** How many minor units make one of a currency. */
export function minorUnits(currency: string): number {
  return 10 ** (currencyFormat(currency, false).resolvedOptions().maximumFractionDigits ?? 2)
}

/** An amount with its currency; `isShort` leaves out cents that are zero. */
export function money(sum: Sum | null | undefined, isShort = false): string {
  if (!sum) return '–'
  const value = sum.amount / minorUnits(sum.currency)
  return currencyFormat(sum.currency, isShort && Number.isInteger(value)).format(value)
}

/** A distance in metres as people say it. */
export function distance(metres: number | null | undefined): string {
  if (metres === null || metres === undefined) return ''
  if (metres < 950) return `${Math.max(50, Math.round(metres / 50) * 50)} m`
  return `${(metres / 1000).toFixed(metres < 9_950 ? 1 : 0)} km`
}

/** A duration in minutes as people say it. */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  return [hours ? `${hours} h` : '', rest ? `${rest} min` : ''].filter(Boolean).join(' ') || '0 min'
}

/** A whole number with separators. */
export const count = (value: number): string => new Intl.NumberFormat(LOCALE).format(value)

/** The first letters of a name, at most two. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase() || '?'
}

/** A stable small number of a text, for looks that stay the same for the same thing. */
export function seedOf(text: string): number {
  let seed = 7
  for (const letter of text) seed = (seed * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return seed
}

/** `pending_payment` as a person would write it; only for what no catalogue names. */
export const words = (state: string): string => {
  const text = state.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
