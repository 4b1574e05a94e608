import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import MatchCard from '../src/pages/requests/MatchCard.vue'
import OfferPage from '../src/pages/requests/OfferPage.vue'
import { api } from '../src/session/api'
import type { Schemas } from '../src/support/schemas'
import { dayAndTime } from '../src/time'

vi.mock('../src/session/config', () => ({ config: () => Promise.resolve({ currency: 'nzd' }) }))

vi.mock('../src/session/live', () => ({ useLive: () => undefined }))

const ZONE = 'Pacific/Auckland'
const START = '2026-12-04T01:00:00Z'
const aud = (amount: number) => ({ amount, currency: 'aud' })
const text = { type: 'string', maxLength: 500, default: '', title: 'Note' }
const moment = { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }], title: 'Start' }
const price = { type: 'object', properties: { amount: { type: 'integer' }, currency: { type: 'string' } }, title: 'Price' }
const action = (action_name: string, properties: object) => ({ action_name, button_label: action_name, note: '', is_critical: false, input_schema: { type: 'object', properties } })
const quote = { lines: [], total: aud(20_000), start_at: '2026-12-03T21:00:00Z', valid_until: '2026-12-02T21:00:00Z', note: '', is_counter: false }
const score = { points: 50, parts: [] }
const offer = {
  id: 'off_1', status: 'open', quote, price: null, soonest_start_at: null, booking_id: null, conversation_id: 'cnv_1', minutes: 60, distance_m: null, score,
  counter: { price: aud(15_000), start_at: START, note: '', made_at: '2026-12-01T00:00:00Z' },
}
const stubs = { RouterLink: RouterLinkStub, ScoreParts: true }

it('shows the provider the start that was countered, which is taken as it is', async () => {
  const job = { title: 'Hedge', description: '', window: { start_at: START, end_at: START, timezone: ZONE }, place: { kind: 'customer', suburb: 'Karori', lat: null, lng: null }, media: [], budget: null }
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { ...offer, job, accepting: 'booking', available_actions: [action('accept', { start_at: moment, price, valid_until: moment, note: text })] } } as never)
  const accept = vi.spyOn(api, 'POST').mockResolvedValue({} as never)
  const page = mount(OfferPage, { props: { id: 'off_1' }, global: { plugins: [createPinia()], stubs } })
  await flushPromises()
  expect(page.text()).toContain(dayAndTime(START, ZONE, null, 'short'))
  await page.get('[data-action=accept]').trigger('click')
  await flushPromises()
  expect(accept.mock.lastCall).toEqual(['/v1/offers/off_1/accept', { params: { path: { offer_id: 'off_1' } }, body: {} }])
})

it('shows the customer what they countered, and asks in the currency of the quote', async () => {
  const match = { ...offer, provider_id: 'prv_1', provider_name: 'Green', service_title: 'Hedges', decline_note: '', expires_at: START, available_actions: [action('counter', { price })] }
  const card = mount(MatchCard, { props: { match: match as unknown as Schemas['MatchView'], timezone: ZONE, perform: () => Promise.resolve() }, global: { stubs }, attachTo: document.body })
  expect(card.text()).toContain(dayAndTime(START, ZONE, null, 'short'))
  await card.get('[data-action=counter]').trigger('click')
  await flushPromises()
  expect(document.body.textContent).toContain('Price (AUD)')
  card.unmount()
})
