import { describe, expect, it } from 'vitest'
import checkout from '../src/texts/en/checkout'
import { cancelling, stretchesBefore } from '../src/bookings/cancelling'
import type { Schemas } from '../src/support/schemas'

const HOUR = 3_600_000
const START = '2026-12-08T00:00:00Z'
const PRICE = { amount: 11_000, currency: 'nzd' }
const before = (hours: number): number => Date.parse(START) - hours * HOUR
const fees = (hours: number): [number, number | null][] =>
  stretchesBefore('moderate', START, PRICE, before(hours)).map(({ fee, until }) => [fee.amount, until === null ? null : (Date.parse(START) - Date.parse(until)) / HOUR])

describe('what cancelling costs', () => {
  it('names what is still ahead, and not a free time that is over', () => {
    expect(fees(80)).toEqual([[0, 72], [5_500, 24], [11_000, null]])
    expect(fees(30)).toEqual([[5_500, 24], [11_000, null]])
    expect(fees(2)).toEqual([[11_000, null]])
    expect(stretchesBefore('flexible', START, PRICE, before(2)).map(({ fee }) => fee.amount)).toEqual([5_500])
  })
  it('is said in a sentence', () => {
    expect(checkout.cancelling([{ fee: null, until: 'Monday' }, { fee: 'NZ$55.00', until: null }], true)).toBe('Free until Monday, NZ$55.00 after that.')
    expect(checkout.cancelling([{ fee: 'NZ$55.00', until: null }], true)).toBe('NZ$55.00 from now on. The free time is over.')
  })
  it('is nothing before the provider has accepted, whatever the policy', () => {
    const action = { action_name: 'cancel', consequences: { fee: { amount: 0, currency: 'nzd' } } }
    const steps = [{ hours_before_start: 24, refund_basis_points: 10_000 }]
    const booking = { role: 'customer', status: 'requested', available_actions: [action], cancellation_policy: { steps }, start_at: START, price: PRICE }
    const found = cancelling(booking as unknown as Schemas['BookingView'], before(2))
    expect([found?.now.amount, found?.unbound, found?.stretches[0]?.fee.amount]).toEqual([0, 'requested', 11_000])
    expect(cancelling({ ...booking, available_actions: [] } as unknown as Schemas['BookingView'])).toBeNull()
  })
})
