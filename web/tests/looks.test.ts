import { expect, it } from 'vitest'
import { paymentText } from '../src/bookings/looks'

const nzd = (amount: number) => ({ amount, currency: 'nzd' })
const text = (status: string, state: string, captured: number): string =>
  paymentText({ status, price: nzd(11_000), payment: { state, captured: nzd(captured), refunded: nzd(0) } } as never)

it('says what of the price was charged', () => {
  expect(text('completed', 'captured', 11_000)).toBe('Paid')
  expect(text('cancelled', 'captured', 5_500)).toBe('NZ$55.00 was charged; the rest was not taken')
  expect(text('cancelled', 'none', 0)).toBe('Nothing was charged')
  expect(text('pending_payment', 'action_required', 0)).toBe('Not paid yet')
})
