import type { Sum } from '../format'
import type { Schemas } from '../support/schemas'

type Payment = Pick<Schemas['BookingPaymentView'], 'operations' | 'captured' | 'refunded'>

/** Money that went from the customer's card, or back to it, as a sum with its sign. */
export interface Movement {
  id: string
  kind: 'charged' | 'refunded'
  amount: Sum
  at: string
}

const KINDS: Partial<Record<Schemas['OperationView']['purpose'], Movement['kind']>> = { capture: 'charged', charge_fee: 'charged', refund: 'refunded' }

/** What was charged and given back, in the order of time; what is only held or still under way is not paid. */
export function movements(payment: Payment): Movement[] {
  return payment.operations
    .flatMap((each): Movement[] => {
      const kind = KINDS[each.purpose]
      if (!kind || each.status !== 'succeeded' || !each.amount.amount) return []
      const amount = { ...each.amount, amount: kind === 'refunded' ? -each.amount.amount : each.amount.amount }
      return [{ id: each.id, kind, amount, at: each.updated_at }]
    })
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
}

/** What the customer has paid and not got back. */
export const netOf = (payment: Payment): Sum => ({ ...payment.captured, amount: payment.captured.amount - payment.refunded.amount })

/** The tax that is in what was paid: the provider's, for what the platform owes on its commission is no matter of a customer's. */
export const taxesPaid = (payment: Pick<Schemas['BookingPaymentView'], 'tax_lines'>): Schemas['TaxLineView'][] => payment.tax_lines.filter((each) => each.party === 'provider')
