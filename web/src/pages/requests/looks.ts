import type { Schemas } from '../../support/schemas'
import { day } from '../../time'

const REQUESTS: Partial<Record<Schemas['JobRequestStatus'], string>> = {
  open: 'tag-info',
  offering: 'tag-info',
  matched: 'tag-wait',
  booked: 'tag-ok',
  exhausted: 'tag-wait',
}

/** Colour of a request's status: gold waits for the customer, blue is news, green is agreed. */
export const requestTone = (status: Schemas['JobRequestStatus']): string => REQUESTS[status] ?? 'tag-off'

/** Colour of an offer's status; a quote waits for an answer. */
export function offerTone(offer: { status: Schemas['OfferStatus']; quote: unknown }): string {
  if (offer.status === 'accepted') return 'tag-ok'
  if (offer.status !== 'open') return 'tag-off'
  return offer.quote ? 'tag-wait' : 'tag-info'
}

/** The days of a window: "Mon 30 Nov – Thu 3 Dec". */
export function daysText(window: Schemas['WindowView']): string {
  const first = day(window.start_at, window.timezone, 'short')
  const last = day(window.end_at, window.timezone, 'short')
  return first === last ? first : `${first} – ${last}`
}
