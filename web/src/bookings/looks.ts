import t from '@texts/bookings'
import { money } from '../format'
import type { LifeStep } from '../drawn/life'
import type { Schemas } from '../support/schemas'
import { clockTime, day } from '../time'

type Booking = Schemas['BookingView']
type Status = Booking['status']

const TONES: Partial<Record<Status, string>> = {
  pending_payment: 'tag-wait',
  requested: 'tag-wait',
  accepted: 'tag-ok',
  in_progress: 'tag-info',
  completed: 'tag-ok',
  disputed: 'tag-bad',
  no_show: 'tag-bad',
  settled: 'tag-off',
}

/** Colour of a booking's status: gold waits, green is agreed, blue goes on now, rose is in trouble. */
export const bookingTone = (status: Status): string => TONES[status] ?? 'tag-off'

/** A status in words; one that nobody here has heard of as it is written. */
export const bookingStatus = (status: Status): string => t.status[status] ?? status.replaceAll('_', ' ')

/** What ended before any work was done. */
const UNDONE: ReadonlySet<Status> = new Set<Status>(['payment_expired', 'declined', 'expired', 'cancelled'])

/** Where the customer's money stands: what was charged, where that is less than the price, and not what never comes. */
export function paymentText(booking: Pick<Booking, 'status' | 'price' | 'payment'>): string {
  const { state, captured, refunded } = booking.payment
  if (captured.amount > 0 && captured.amount < booking.price.amount && !refunded.amount) return t.chargedPart(money(captured))
  if (UNDONE.has(booking.status) && !captured.amount) return t.chargedNothing
  return t.payment[state] ?? state
}

/** What paying now does: it holds the price until the work is done, keeps a card for later, or charges for work that is done already. */
export function payingText(booking: Pick<Booking, 'price' | 'completed_at'>, isSetup: boolean): string {
  if (isSetup) return t.pay.save
  return booking.completed_at ? t.pay.due(money(booking.price)) : t.pay.lead(money(booking.price))
}

const ORDER = ['booked', 'accepted', 'in_progress', 'completed', 'settled'] as const
type Step = (typeof ORDER)[number]
/** How far along the usual way each status is; what ended elsewhere stopped after that. */
const REACHED: Record<Status, Step> = {
  pending_payment: 'booked',
  payment_expired: 'booked',
  requested: 'booked',
  declined: 'booked',
  expired: 'booked',
  accepted: 'accepted',
  cancelled: 'booked',
  in_progress: 'in_progress',
  no_show: 'accepted',
  disputed: 'accepted',
  completed: 'completed',
  settled: 'settled',
}
const ELSEWHERE: ReadonlySet<Status> = new Set<Status>(['payment_expired', 'declined', 'expired', 'cancelled', 'no_show', 'disputed'])

/** A booking's life as a line, the present state lit; what left the usual way ends in a state of its own. */
export function lifeOf(booking: Booking): LifeStep[] {
  const zone = booking.timezone
  const when = (at: string | null): string | undefined => (at ? `${day(at, zone, 'weekday')} ${clockTime(at, zone)}` : undefined)
  const times: Record<Step, string | null> = {
    booked: booking.created_at,
    accepted: booking.accepted_at,
    in_progress: booking.started_at,
    completed: booking.completed_at,
    settled: booking.settled_at,
  }
  const isElsewhere = ELSEWHERE.has(booking.status)
  // Of what left the usual way, the last state that it was in.
  const reached = isElsewhere ? (ORDER.findLastIndex((step) => times[step] !== null) ?? 0) : ORDER.indexOf(REACHED[booking.status])
  const steps = ORDER.map((step, index): LifeStep => {
    const label = step === 'booked' && booking.status === 'requested' ? t.life.requested : t.life[step]
    const state = index < reached || (index === reached && isElsewhere) ? 'done' : index === reached ? 'now' : 'ahead'
    return { name: step, label, state, note: when(times[step]) ?? hint(booking, step, index - reached) }
  })
  if (!isElsewhere) return steps
  const ended: LifeStep = { name: booking.status, label: bookingStatus(booking.status), state: 'ended', note: when(booking.cancelled_at ?? booking.updated_at) }
  const isOpen = booking.status === 'disputed' || booking.status === 'no_show'
  return [...steps.slice(0, reached + 1), ended, ...(isOpen ? steps.slice(-1) : [])]
}

/** What leads to the next state. */
function hint(booking: Booking, step: Step, ahead: number): string | undefined {
  if (ahead !== 1) return undefined
  if (booking.status === 'pending_payment') return t.lifeNotes.pay
  if (booking.status === 'requested' && booking.accept_by) return t.lifeNotes.answer(clockTime(booking.accept_by, booking.timezone))
  if (booking.status === 'accepted' && step === 'in_progress') return booking.place.kind === 'online' ? t.lifeNotes.online : t.lifeNotes.code
  return undefined
}
