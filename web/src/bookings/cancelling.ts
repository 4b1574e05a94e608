import type { Sum } from '../format'
import type { Schemas } from '../support/schemas'
import policies from './policies.json'

type Booking = Schemas['BookingView']
type Policy = Schemas['CancellationPolicyName']
/** Hours of notice, and what comes back with at least so much, in ten thousandths. */
type Step = readonly [hours: number, basisPoints: number]

const HOUR_MS = 3_600_000
const WHOLE = 10_000

/** What cancelling costs in one stretch of time; the last one has no end. */
export interface Stretch {
  fee: Sum
  until: string | null
}

/** What cancelling an accepted booking costs from now on, stretch by stretch, the present one first. */
export function stretchesOf(steps: readonly Step[], start: string, price: Sum, now = Date.now()): Stretch[] {
  const begin = Date.parse(start)
  const feeOf = (basisPoints: number): Sum => ({ ...price, amount: Math.round((price.amount * (WHOLE - basisPoints)) / WHOLE) })
  const sorted = [...steps].sort(([left], [right]) => right - left)
  const all: Stretch[] = sorted.map(([hours, share]) => ({ fee: feeOf(share), until: hours > 0 ? new Date(begin - hours * HOUR_MS).toISOString() : null }))
  if (all.at(-1)?.until !== null) all.push({ fee: feeOf(0), until: null })
  return all.filter(({ until }) => until === null || Date.parse(until) > now)
}

/** The same of what is about to be booked, by the name of the service's policy. */
export const stretchesBefore = (policy: Policy, start: string, price: Sum, now = Date.now()): Stretch[] =>
  stretchesOf(policies[policy] as unknown as Step[], start, price, now)

/** What cancelling costs the customer of a booking. */
export interface Cancelling {
  /** What it costs now, as the server says. */
  now: Sum
  /** What the policy waits for before it binds; null once it does. */
  unbound: 'unpaid' | 'requested' | null
  /** What the policy says from now on, once it binds. */
  stretches: Stretch[]
}

/** What cancelling costs a customer now and later, so that they know before they pay; null where they cannot cancel. */
export function cancelling(booking: Booking, now = Date.now()): Cancelling | null {
  const action = booking.available_actions.find(({ action_name: name }) => name === 'cancel')
  if (!action || booking.role !== 'customer') return null
  const unbound = booking.status === 'pending_payment' ? 'unpaid' : booking.status === 'requested' ? 'requested' : null
  const steps = booking.cancellation_policy.steps.map((step): Step => [step.hours_before_start, step.refund_basis_points])
  return { now: action.consequences?.fee ?? { ...booking.price, amount: 0 }, unbound, stretches: stretchesOf(steps, booking.start_at, booking.price, now) }
}
