import { expect, it } from 'vitest'
import { payingText, paymentText } from '../src/bookings/looks'

const nzd = (amount: number) => ({ amount, currency: 'nzd' })
const text = (status: string, state: string, captured: number): string =>
  paymentText({ status, price: nzd(11_000), payment: { state, captured: nzd(captured), refunded: nzd(0) } } as never)

it('says what of the price was charged', () => {
  expect(text('completed', 'captured', 11_000)).toBe('Paid')
  expect(text('cancelled', 'captured', 5_500)).toBe('NZ$55.00 was charged; the rest was not taken')
  expect(text('cancelled', 'none', 0)).toBe('Nothing was charged')
  expect(text('pending_payment', 'action_required', 0)).toBe('Not paid yet')
})

it('says what paying does, also when the work is done', () => {
  const saying = (completed_at: string | null, isSetup: boolean): string => payingText({ price: nzd(11_000), completed_at }, isSetup)
  expect(saying(null, false)).toBe('NZ$110.00 is authorised now and charged when the work is done.')
  expect(saying('2026-11-30T08:00:00Z', false)).toBe('The work is done: NZ$110.00 is charged now.')
  expect(saying(null, true)).toContain('Your card is saved now')
})
