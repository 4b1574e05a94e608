import t from '@texts/common'
import type { Attributes, Kit } from './kit'

/** A rating in short. */
export interface Rating {
  rating: { mean: number | null; count: number }
  /** Without how many gave one. */
  plain?: boolean
}

/** The mean and how many gave one; who has none yet is new here. */
export function stars<N>({ el, icon }: Kit<N>, { rating, plain }: Rating, more = ''): N {
  const { mean, count } = rating
  if (!count || mean === null) return el('span', { class: `tag tag-info ${more}` }, [t.newHere])
  const hidden: Attributes = { 'aria-hidden': 'true' }
  return el('span', { class: `inline-flex items-center gap-1 whitespace-nowrap ${more}` }, [
    el('span', { class: 'sr-only' }, [t.stars(mean, count)]),
    icon('star', { ...hidden, class: 'size-3.5 fill-current text-ink' }),
    el('b', { ...hidden, class: 'num font-semibold text-ink' }, [mean.toFixed(1)]),
    plain ? null : el('span', { ...hidden, class: 'num' }, [`(${count})`]),
  ])
}
