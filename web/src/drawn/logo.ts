import t from '@texts/common'
import type { Kit } from './kit'

/** The mark and the name. */
export const logo = <N>({ el }: Kit<N>): N =>
  el('span', { class: 'flex items-center gap-2.5 text-[19px] font-extrabold tracking-[-0.03em]' }, [
    el('svg', { viewBox: '0 0 22 22', class: 'size-[22px]', 'aria-hidden': 'true' }, [
      el('path', { class: 'fill-brand', d: 'M7 0h8a7 7 0 0 1 7 7v8a7 7 0 0 1-7 7H2a2 2 0 0 1-2-2V7a7 7 0 0 1 7-7z' }),
      el('circle', { cx: '11', cy: '11', r: '4', class: 'fill-gold' }),
    ]),
    t.product,
  ])
