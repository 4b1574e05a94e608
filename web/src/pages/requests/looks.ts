import t from '@texts/requests'
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

/** Who reads why somebody was asked. */
export type Reader = keyof typeof t.partNames

type Score = Schemas['ScoreView']

/** What a part of a score is called for who reads it; one that nobody here has heard of as it is written. */
export const partName = (name: string, reader: Reader): string => t.partNames[reader][name] ?? name.replaceAll('_', ' ')

/** How well a provider and a job suit each other: the score's points in per cent of all that there are. */
export const fitOf = ({ points, parts }: Score): number => Math.round((100 * points) / Math.max(1, parts.reduce((sum, { max }) => sum + max, 0)))

/** How much of its most a part of a score gives, in words. */
export function partWeight({ points, max }: Score['parts'][number]): string {
  if (!points) return t.partWeights.nothing
  const share = points / Math.max(1, max)
  return share >= 2 / 3 ? t.partWeights.much : share >= 1 / 3 ? t.partWeights.some : t.partWeights.little
}
