import t from '@texts/search'
import { domKit } from './dom'
import { frame, room } from './frame'
import type { Kit } from './kit'

/** Where the start page begins: its own band, and how what is in it lies. */
export const HERO = { room: 'relative overflow-hidden border-b border-line bg-card', row: 'mx-auto grid max-w-[1120px] gap-5 px-4 pt-12 pb-14 sm:px-6 sm:pt-20 sm:pb-20' }
/** Of what a search is typed into. */
export const SEARCH_ROOM = 'mt-2 sm:max-w-[720px]'

/** What this is for. */
export const promise = <N>({ el }: Kit<N>): N =>
  el('div', { class: 'grid gap-5' }, [
    el('h1', { class: 'max-w-xl !text-4xl sm:!text-5xl' }, [t.home.title]),
    el('p', { class: 'muted max-w-xl text-base text-pretty sm:text-lg' }, [t.home.lead]),
  ])

/** The start page before the app is there. */
export function draw(): Element {
  const { el } = domKit
  const row = el('div', { class: HERO.row }, [promise(domKit), el('div', { class: SEARCH_ROOM }, [room('h-60 sm:h-14 sm:rounded-full')])])
  return frame(el('main', { class: 'pb-16' }, [el('section', { class: HERO.room }, [row]), el('div', { class: 'page' }, [room('h-80')])]))
}
