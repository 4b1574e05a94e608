import common from '@texts/common'
import t from '@texts/services'
import { duration, money, type Sum } from '../format'
import type { Schemas } from '../support/schemas'
import { domKit } from './dom'
import { COLUMN, columns, frame, room, shape } from './frame'
import type { Kit } from './kit'
import { person } from './person'
import { picture } from './picture'
import { prices, type Prices } from './prices'
import { stars } from './stars'
import { when } from './when'

type Service = Schemas['ProvidersServiceView']
/** A service with what was chosen of it. */
export interface Chosen {
  service: Service
  /** With all that was chosen. */
  minutes: number
}
/** What is booked of a service, as it stands beside it. */
export interface Booking extends Chosen {
  lines: Prices['lines']
  total: Sum | null
  /** Null until a time is chosen. */
  start: string | null
  /** In which that time is told. */
  zone: string
  onBook: () => void
}

/** What a service costs without anything chosen; none where it is priced by quote. */
export const ownLines = ({ id, title, total_price }: Service): Prices['lines'] => (total_price ? [{ id, label: title, quantity: 1, amount: total_price }] : [])

function priceOf({ price, price_type }: Service): string {
  if (!price) return common.byQuote
  return price_type === 'hourly' ? common.perHour(money(price, true)) : money(price, true)
}

/** Its picture and photographs, its name and price, whose it is and what it takes. */
export function serviceHead<N>(kit: Kit<N>, { service, minutes }: Chosen): N {
  const { el, link, icon } = kit
  const own = service.photos.map((photo) => ({ src: photo.files[0]?.src ?? '', placeholder: photo.placeholder }))
  const [first, ...others] = [...own, ...service.images.map((src) => ({ src, placeholder: null }))].filter((each) => each.src)
  const { id, title, category, provider, rating } = service
  const looks = { category, seed: id, image: first?.src, placeholder: first?.placeholder, alt: title, iconSize: 56 }
  const fact = (name: 'clock' | 'place' | 'instant', text: string, more = ''): N =>
    el('li', { class: `inline-flex items-center gap-1.5 ${more}` }, [icon(name, { class: 'size-4', 'aria-hidden': 'true' }), text])
  return el('section', { class: 'card overflow-hidden' }, [
    picture(kit, looks, `w-full !rounded-none ${first ? 'h-52 sm:h-80' : 'h-28 sm:h-40'}`),
    others.length ? el('ul', { class: 'flex gap-2 overflow-x-auto p-3' }, others.map(({ src }) =>
      el('li', {}, [el('a', { href: src, target: '_blank', rel: 'noreferrer' }, [el('img', { src, alt: '', class: 'h-20 w-28 rounded-lg object-cover', loading: 'lazy' })])]),
    )) : null,
    el('div', { class: 'grid gap-3 p-5 sm:p-6' }, [
      el('div', { class: 'flex flex-wrap items-start justify-between gap-x-4 gap-y-1' }, [el('h1', {}, [title]), el('span', { class: 'num text-xl font-bold' }, [priceOf(service)])]),
      provider ? link(`/providers/${service.provider_id}`, { class: 'flex items-center gap-3 self-start' }, [
        person(kit, { name: provider.trading_name, size: 40 }),
        el('span', {}, [
          el('span', { class: 'flex items-center gap-1 font-semibold' }, [
            provider.trading_name,
            provider.is_verified ? icon('verified', { class: 'size-4 text-brand', role: 'img', 'aria-label': t.provider.verified }) : null,
          ]),
          stars(kit, { rating: rating.count ? rating : provider.rating }, 'small muted'),
        ]),
      ]) : null,
      el('ul', { class: 'small muted flex flex-wrap gap-x-5 gap-y-1.5' }, [
        fact('clock', duration(minutes)),
        fact('place', service.place_kinds.map((kind) => common.placeKinds[kind]).join(' · ')),
        service.auto_accept ? fact('instant', t.instantly, 'font-semibold text-brand') : null,
      ]),
    ]),
  ])
}

/** What it costs and the way to book it, or to ask for a price. */
export function serviceSide<N>(kit: Kit<N>, { service, minutes, lines, total, start, zone, onBook }: Booking): N {
  const { el, link } = kit
  const asked: N[] = [
    el('h2', {}, [t.quoteTitle]),
    el('p', { class: 'muted max-lg:hidden' }, [t.quoteText]),
    link(`/job-requests/new?service_id=${service.id}`, { class: 'btn btn-primary' }, [t.quote]),
  ]
  const booked = (): (N | null)[] => [
    prices(kit, { lines, total }, 'max-lg:hidden'),
    el('div', { class: 'flex items-center gap-3 lg:hidden' }, [
      el('span', { class: 'num text-lg font-bold' }, [money(total)]),
      el('span', { class: 'small muted num flex-1 text-right' }, [start ? when(kit, { at: start, timezone: zone, short: true }) : duration(minutes)]),
    ]),
    start ? el('p', { class: 'num hidden font-semibold lg:block' }, [when(kit, { at: start, timezone: zone })]) : null,
    el('button', { type: 'button', class: 'btn btn-primary', disabled: !start, onClick: onBook }, [start ? t.continue : t.chooseTime]),
    el('p', { class: 'small muted max-lg:hidden' }, [service.auto_accept ? t.instantly : t.asked]),
  ]
  return el('aside', { class: 'card grid gap-4 p-5 lg:sticky lg:top-20 max-lg:sticky max-lg:bottom-(--tab-bar) max-lg:z-10' }, service.price_type === 'quote' ? asked : booked())
}

/** The page of a service before the app is there; its shape, where `service` is null. */
export function draw(service: Service | null): Element {
  if (!service) return frame(columns([shape(6), shape(4)]))
  const chosen = { service, minutes: service.duration_minutes, lines: ownLines(service), total: service.total_price, start: null, zone: '', onBook: () => undefined }
  return frame(columns([domKit.el('div', { class: COLUMN }, [serviceHead(domKit, chosen), room('h-96')]), serviceSide(domKit, chosen)]))
}
