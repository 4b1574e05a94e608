import t from '@texts/bookings'
import { bookingStatus, bookingTone } from '../bookings/looks'
import type { Schemas } from '../support/schemas'
import { domKit } from './dom'
import { COLUMN, columns, frame, room, shape } from './frame'
import type { Kit } from './kit'
import { picture } from './picture'
import { when } from './when'

type Booking = Schemas['BookingView']
export interface Shown {
  booking: Booking
}

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

/** The page of a booking before the app is there; its shape, where `booking` is null. */
export function draw(booking: Booking | null): Element {
  if (!booking) return frame(columns([shape(5), shape(6)]))
  const card = domKit.el('section', { class: 'card' }, [bookingHead(domKit, { booking }), domKit.el('div', { class: 'h-40' })])
  return frame(columns([domKit.el('div', { class: COLUMN }, [card, room('h-40')])]))
}
