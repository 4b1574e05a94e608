import t from '@texts/common'
import { domKit } from './dom'
import { logo } from './logo'

/** The bar above all pages: its own room, and how what is in it lies. */
export const BAR = { room: 'sticky top-0 z-30 border-b border-line bg-card print:hidden', row: 'flex min-h-16 items-center gap-3 px-4 py-2 sm:gap-5 sm:px-7' }
/** What a page is about, and beside it what is done with it. */
export const COLUMNS = 'grid gap-5 lg:grid-cols-[minmax(0,1fr)_380px]'
/** A column of cards. */
export const COLUMN = 'grid min-w-0 gap-5'

/** The shape of what comes, such as `Skeleton` draws; so many rows high. */
export const shape = (rows: number): Element => domKit.el('div', { class: 'shimmer w-full rounded-card', style: `height: ${rows * 80}px`, 'aria-hidden': 'true' })

/** The room of what is drawn by the app alone. */
export const room = (size: string): Element => domKit.el('div', { class: `card ${size}`, 'aria-hidden': 'true' })

/** A page of two columns. */
export const columns = (drawn: readonly Element[]): Element => domKit.el('main', { class: 'page' }, [domKit.el('div', { class: `${COLUMNS} items-start` }, drawn)])

/** A page as it is seen before the app is there: its own part, below the bar with the name. */
export function frame(main: Element): Element {
  const { el, link } = domKit
  return el('div', { class: 'flex min-h-dvh flex-col', 'aria-busy': 'true' }, [
    el('header', { class: BAR.room }, [el('div', { class: BAR.row }, [link('/', { class: 'hit rounded-lg py-1', 'aria-label': t.product }, [logo(domKit)])])]),
    el('div', { class: 'flex flex-1 flex-col' }, [main]),
  ])
}
