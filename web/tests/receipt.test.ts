import { describe, expect, it } from 'vitest'
import { movements, netOf } from '../src/bookings/receipt'
import type { Schemas } from '../src/support/schemas'

const sum = (amount: number): { amount: number; currency: string } => ({ amount, currency: 'nzd' })
const step = (id: string, purpose: string, amount: number, updated_at: string, status = 'succeeded'): unknown => ({ id, purpose, status, amount: sum(amount), updated_at })
const payment = (operations: unknown[], captured = 0, refunded = 0): Schemas['BookingPaymentView'] =>
  ({ operations, captured: sum(captured), refunded: sum(refunded) }) as Schemas['BookingPaymentView']

describe('a receipt', () => {
  it('has what was charged and what went back, in the order of time', () => {
    const found = movements(
      payment([
        step('op_1', 'authorize', 12_000, '2026-11-01T00:00:00Z'),
        step('op_4', 'refund', 3_000, '2026-11-09T00:00:00Z'),
        step('op_2', 'capture', 12_000, '2026-11-05T00:00:00Z'),
        step('op_3', 'transfer', 10_000, '2026-11-07T00:00:00Z'),
      ]),
    )
    expect(found.map(({ id, kind, amount }) => [id, kind, amount.amount])).toEqual([['op_2', 'charged', 12_000], ['op_4', 'refunded', -3_000]])
  })
  it('leaves out what failed or is not done', () => {
    expect(movements(payment([step('op_1', 'capture', 12_000, '2026-11-05T00:00:00Z', 'failed'), step('op_2', 'refund', 12_000, '2026-11-05T00:00:00Z', 'pending')]))).toEqual([])
  })
  it('sums what was kept', () => {
    expect(netOf(payment([], 12_000, 3_000))).toEqual(sum(9_000))
  })
})
