import t from '@texts/bookings'
import { bookingStatus, bookingTone, lifeOf, payingText } from '../bookings/looks'
import type { Schemas } from '../support/schemas'
import { domKit } from './dom'
import { COLUMN, columns, frame, room, shape } from './frame'
import type { Kit } from './kit'
import { lifecycle } from './life'
import { picture } from './picture'
import { when } from './when'

type Booking = Schemas['BookingView']
export interface Shown {
  booking: Booking
}
export interface Payable extends Shown {
  /** A card is kept for later, and nothing is held on it yet. */
  isSetup: boolean
}
/** How a booking's life lies in its card, and what is to be paid below it. */
export const LIFE_ROOM = 'px-5 pt-4 pb-4 sm:px-5.5'
export const PAY_ROOM = 'mx-5 mb-5 grid gap-3 rounded-card border border-line bg-paper p-4 sm:mx-5.5 sm:p-5'

function placeOf({ place }: Booking): string {
  if (place.kind === 'online') return place.online_link ? t.online : t.onlineLater
  return `${place.address || place.suburb}${place.is_exact ? '' : ` (${t.suburbOnly})`}`
}

/** What was booked, how it stands, when and where it is, and with whom. */
export function bookingHead<N>(kit: Kit<N>, { booking }: Shown): N {
  const { el, link } = kit
  const { service, status, timezone, role } = booking
  const other = role === 'provider' ? (booking.contact?.name ?? t.customer) : booking.provider_name
  return el('div', { class: 'flex items-center gap-4 p-4 sm:gap-4.5 sm:p-4.5' }, [
    picture(kit, { category: service.category, seed: service.id, iconSize: 40 }, 'size-18 sm:size-23'),
    el('div', { class: 'min-w-0' }, [
      el('div', { class: 'flex flex-wrap items-center gap-x-2.5 gap-y-1' }, [
        el('h1', { class: 'wrap-anywhere' }, [service.title]),
        el('span', { id: 'status', class: `tag ${bookingTone(status)}`, 'data-status': status, role: 'status' }, [bookingStatus(status)]),
      ]),
      el('p', { class: 'muted' }, [when(kit, { at: booking.start_at, until: booking.end_at, timezone }), ` · ${placeOf(booking)}`]),
      el('p', { class: 'muted' }, [
        `${role === 'provider' ? t.for : t.with} `,
        role === 'provider'
          ? el('b', { class: 'font-semibold text-ink' }, [other])
          : link(`/providers/${booking.provider_id}`, { class: 'font-semibold text-ink hover:underline' }, [other]),
      ]),
    ]),
  ])
}

/** Whether a customer is asked to pay, as the booking alone tells. */
export const isToBePaid = ({ status, payment, role }: Booking): boolean => status === 'pending_payment' && payment.state === 'action_required' && role === 'customer'

/** Whether a card is kept for work too far ahead to hold money for, as the booking alone tells. */
export const keepsCard = ({ payment }: Booking): boolean => payment.mode !== 'authorize_now'

/** What is to be paid, and until when the time is held for it. */
export function payHead<N>(kit: Kit<N>, { booking, isSetup }: Payable): N {
  const { el, icon } = kit
  const { hold_expires_at: heldUntil, status, timezone } = booking
  const isPending = status === 'pending_payment'
  return el('div', { class: 'grid gap-3' }, [
    el('h2', { class: 'flex items-center gap-2.5' }, [icon('card', { class: 'size-5 text-brand', 'aria-hidden': 'true' }), isPending ? t.pay.title : t.pay.retryTitle]),
    el('p', { class: 'muted' }, [
      payingText(booking, isSetup),
      ...(heldUntil && isPending ? [` ${t.pay.heldUntil} `, el('b', { class: 'text-ink' }, [when(kit, { at: heldUntil, timezone, as: 'time' })]), '.'] : []),
    ]),
  ])
}

/** The page of a booking before the app is there; its shape, where `booking` is null. */
export function draw(booking: Booking | null): Element {
  if (!booking) return frame(columns([shape(5), shape(6)]))
  const { el } = domKit
  const life = lifecycle(domKit, { steps: lifeOf(booking), label: t.life.label })
  life.classList.add(...LIFE_ROOM.split(' '))
  const pay = isToBePaid(booking) ? el('div', { class: PAY_ROOM }, [payHead(domKit, { booking, isSetup: keepsCard(booking) }), el('div', { class: 'h-40' })]) : el('div', { class: 'h-20' })
  const card = el('section', { class: 'card' }, [bookingHead(domKit, { booking }), life, pay])
  return frame(columns([domKit.el('div', { class: COLUMN }, [card, room('h-40')])]))
}
