import t from '@texts/price'
import { money, type Sum } from '../format'
import type { Kit } from './kit'

/** What something costs, line by line, with the sum and the tax that is in it. */
export interface Prices {
  lines: readonly { id: string; kind?: string; label: string; quantity: number; amount: Sum }[]
  total: Sum | null
  taxes?: readonly { name: string; amount: Sum; basis_points?: number }[]
  totalLabel?: string
}

/** A list of lines, and the sum below them. */
export function prices<N>({ el }: Kit<N>, { lines, total, taxes = [], totalLabel = t.total }: Prices, more = ''): N {
  const amount = (sum: Sum | null): N => el('dd', { class: 'num whitespace-nowrap' }, [money(sum)])
  return el('dl', { class: `grid gap-2.5 ${more}` }, [
    ...lines.map(({ label, quantity, amount: sum }) =>
      el('div', { class: 'flex justify-between gap-4' }, [
        el('dt', { class: 'min-w-0 wrap-anywhere' }, [label, quantity > 1 ? el('span', { class: 'muted num' }, [` × ${quantity}`]) : null]),
        amount(sum),
      ]),
    ),
    el('div', { class: 'flex justify-between gap-4 border-t border-line pt-3 font-bold' }, [
      el('dt', {}, [`${totalLabel} `, ...taxes.map((tax) => el('span', { class: 'small muted num font-normal' }, [t.tax(tax.name, money(tax.amount))]))]),
      amount(total),
    ]),
  ])
}
