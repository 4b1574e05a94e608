import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { Component } from 'vue'
import Lifecycle from '../src/components/Lifecycle'
import { bookingHead, payHead } from '../src/drawn/booking'
import { domKit } from '../src/drawn/dom'
import { promise } from '../src/drawn/home'
import { lifecycle } from '../src/drawn/life'
import { aroundHead } from '../src/drawn/reports'
import { ownLines, serviceHead, serviceSide } from '../src/drawn/service'
import BookingHead from '../src/pages/bookings/BookingHead'
import PayHead from '../src/pages/bookings/PayHead'
import HomePromise from '../src/pages/home/HomePromise'
import AroundHead from '../src/pages/reports/AroundHead'
import ServiceHead from '../src/pages/services/ServiceHead'
import ServiceSide from '../src/pages/services/ServiceSide'
import { router } from '../src/router'

const nzd = (amount: number) => ({ amount, currency: 'nzd' })
const provider = { id: 'prv_1', trading_name: 'Hedge & Co', is_verified: true, rating: { mean: 4.5, count: 2 } }
const service = {
  id: 'svc_1', provider_id: 'prv_1', provider, title: 'Trimming <hedges>', category: 'hedges', price_type: 'fixed', price: nzd(9_000), total_price: nzd(9_900),
  duration_minutes: 90, place_kinds: ['customer', 'online'], auto_accept: true, rating: { mean: null, count: 0 }, photos: [], images: ['/a.jpg', '/b.jpg'], options: [],
} as never as Parameters<typeof serviceHead>[1]['service']
const head = { service, minutes: 90 }
const chosen = { ...head, lines: ownLines(service), total: nzd(9_900), start: '2026-12-04T08:00:00Z', zone: 'Pacific/Auckland', onBook: () => undefined }
const booking = {
  service: { id: 'svc_1', title: 'Trimming <hedges>', category: 'hedges' }, status: 'accepted', start_at: '2026-12-04T08:00:00Z', end_at: '2026-12-04T09:30:00Z', timezone: 'Australia/Perth',
  place: { kind: 'customer', suburb: 'Perth', address: null, is_exact: false }, role: 'customer', provider_id: 'prv_1', provider_name: 'Hedge & Co', contact: null,
} as never as Parameters<typeof bookingHead>[1]['booking']
const quoted = { service: { ...service, price: null, total_price: null, price_type: 'quote', auto_accept: false, images: [], provider: { ...provider, is_verified: false } } as never, minutes: 90 }
const quote = { ...chosen, ...quoted }
const asProvider = { ...booking, role: 'provider', place: { kind: 'online', online_link: null } } as never as typeof booking

const payable = { booking: { ...booking, status: 'pending_payment', price: nzd(9_900), completed_at: null, hold_expires_at: '2026-12-01T08:00:00Z' } as never as typeof booking, isSetup: false }
const life = { label: 'Its life', steps: [{ name: 'a', label: 'Booked', state: 'done', note: 'Mon 8:00' }, { name: 'b', label: 'Accepted', state: 'now' }, { name: 'c', label: 'Done', state: 'ahead' }] } as Parameters<typeof lifecycle>[1]

/** What is said, what leads where and how it looks; icons are room alone where the app is not there. */
function seen(root: Element): string[] {
  return [root, ...root.querySelectorAll('*')]
    .filter((each) => !/lucide/.test(each.getAttribute('class') ?? '') && !each.closest('svg') && !isRoom(each))
    .map((each) => {
      const words = [...each.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join('')
      const names = [...each.attributes].filter(({ name }) => !/^(style|class|data-v-app)$/.test(name)).map(({ name, value }) => `${name}=${value}`)
      return [each.tagName, [...each.classList].sort().join('.'), ...names.sort(), words].join(' ')
    })
}
const isRoom = (each: Element): boolean => each.tagName === 'SPAN' && each.getAttribute('aria-hidden') === 'true' && !each.firstChild && !each.hasAttribute('data-initials')

it.each<[string, Component, object, Element]>([
  ['a service', ServiceHead, head, serviceHead(domKit, head)],
  ['how it is booked', ServiceSide, chosen, serviceSide(domKit, chosen)],
  ['a service by quote', ServiceHead, quoted, serviceHead(domKit, quoted)],
  ['how it is asked for', ServiceSide, quote, serviceSide(domKit, quote)],
  ['a booking', BookingHead, { booking }, bookingHead(domKit, { booking })],
  ['a booking of one’s own', BookingHead, { booking: asProvider }, bookingHead(domKit, { booking: asProvider })],
  ['what is to be paid', PayHead, payable, payHead(domKit, payable)],
  ['a card to be saved', PayHead, { ...payable, isSetup: true }, payHead(domKit, { ...payable, isSetup: true })],
  ['a life', Lifecycle, life, lifecycle(domKit, life)],
  ['the start page', HomePromise, {}, promise(domKit)],
  ['reports', AroundHead, { count: 2, isSignedIn: true }, aroundHead(domKit, { count: 2, isSignedIn: true })],
])('is drawn the same with and without the app: %s', (_name, component, props, drawn) => {
  const wrapper = mount(component, { props, global: { plugins: [router] } })
  expect(seen(wrapper.element as Element)).toEqual(seen(drawn))
  expect(drawn.querySelector('hedges')).toBeNull()
})
