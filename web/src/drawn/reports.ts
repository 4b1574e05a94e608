import t from '@texts/reports'
import type { Schemas } from '../support/schemas'
import { domKit } from './dom'
import { frame, room, shape } from './frame'
import type { Kit } from './kit'

/** A list, and beside it the map. */
export const HALVES = 'grid flex-1 grid-cols-1 lg:grid-cols-[minmax(0,1fr)_minmax(380px,44%)]'
/** Of the list and what is above it. */
export const LIST = 'grid grid-cols-1 content-start gap-4 px-4 py-5 sm:px-7'
export interface Around {
  /** How many there are; null until that is known. */
  count: number | null
  /** Then one's own are told of. */
  isSignedIn: boolean
}

/** How many reports there are around here, what they are for, and the way to make one. */
export const aroundHead = <N>({ el, link, icon }: Kit<N>, { count, isSignedIn }: Around): N =>
  el('header', { class: 'flex flex-wrap items-end justify-between gap-3' }, [
    el('div', {}, [el('h1', {}, [count === null ? t.title : t.found(count)]), el('p', { class: 'muted' }, [t.lead])]),
    el('div', { class: 'flex gap-2' }, [
      isSignedIn ? link('/reports/mine', { class: 'btn' }, [t.mine]) : null,
      link('/reports/new', { class: 'btn btn-primary' }, [icon('more', { class: 'size-4', 'aria-hidden': 'true' }), t.report]),
    ]),
  ])

/** The page of reports before the app is there; its shape, where `nearby` is null. */
export function draw(nearby: Schemas['NearbyList'] | null): Element {
  const { el } = domKit
  const rest = nearby ? nearby.items.map(() => room('h-28')) : [shape(6)]
  const list = el('section', { class: LIST }, [aroundHead(domKit, { count: nearby && nearby.items.length, isSignedIn: false }), el('div', { class: 'h-10' }), ...rest])
  return frame(el('main', { class: HALVES }, [list, el('div', { class: 'bg-water max-lg:hidden' })]))
}
