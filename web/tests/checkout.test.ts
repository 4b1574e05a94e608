import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@gigsta/client'
import CheckoutPage from '../src/pages/checkout/CheckoutPage.vue'
import { keepIntent } from '../src/pages/checkout/keptIntent'
import { api } from '../src/session/api'
import { bothTimes } from '../src/support/bothTimes'
import { ownZone } from '../src/time'
import common from '@texts/common'
import t from '@texts/checkout'

const [TEN, TWO] = ['2030-03-04T10:00:00Z', '2030-03-04T14:00:00Z']
const nzd = (amount: number) => ({ amount, currency: 'nzd' })
const service = (amount: number) => ({ id: 'svc_1', title: 'Hedges', category: 'gardening', price_type: 'fixed', price: nzd(amount), total_price: nzd(amount), duration_minutes: 60, options: [], images: [], photos: [], place_kinds: ['online'], cancellation_policy: 'flexible', auto_accept: true, provider: { trading_name: 'Kowhai' } })
const intent = (start_at: string) => ({ id: 'bki_1', status: 'pending', service_id: 'svc_1', service_title: 'Hedges', place_kind: 'online', start_at, end_at: start_at, expires_at: '2099-01-01T00:00:00Z', booking_id: null, secret: 's' })
const refusal = (status: number, code: string) => new ApiError({ title: 'No', detail: `It is ${code}.`, status, code } as never, new Response(null, { status }))

let price = 5_000
const reads: { path: string; cache?: string }[] = []
const sent: { body: { start_at: string; replaces?: unknown }; key: string }[] = []
const answers: (() => unknown)[] = []
const looked = vi.fn()

async function checkout(start: string) {
  const Empty = { template: '<p />' }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/checkout/:serviceId', component: Empty }, { path: '/sign-in', name: 'sign-in', component: Empty }, { path: '/welcome', component: Empty }] })
  await router.push(`/checkout/svc_1?start=${start}`)
  const SlotPicker = { template: '<i />', props: ['modelValue', 'held'], setup: (_: unknown, { expose }: { expose: (all: object) => void }) => expose({ read: looked }) }
  const page = mount(CheckoutPage, { props: { serviceId: 'svc_1' }, global: { plugins: [router, createPinia()], stubs: { SlotPicker } } })
  await flushPromises()
  return { page, router }
}
async function fillAndSend(page: Awaited<ReturnType<typeof checkout>>['page']) {
  await page.get('input[autocomplete=name]').setValue('Mia Guest')
  await page.get('input[type=email]').setValue('mia@example.com')
  await page.get('form').trigger('submit')
  await flushPromises()
}

beforeEach(() => {
  price = 5_000
  reads.length = sent.length = answers.length = 0
  looked.mockReset()
  localStorage.clear()
  sessionStorage.clear()
  window.scrollTo = () => undefined
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({})))
  vi.spyOn(api, 'GET').mockImplementation(((path: string, { cache }: { cache?: string }) => {
    reads.push({ path, ...(cache ? { cache } : {}) })
    return Promise.resolve({ data: path.startsWith('/v1/booking-intents') ? intent(TEN) : service(price) })
  }) as never)
  vi.spyOn(api, 'POST').mockImplementation(((_path: string, { body, params }: { body: { start_at: string }; params: { header: { 'Idempotency-Key': string } } }) => {
    sent.push({ body, key: params.header['Idempotency-Key'] })
    const answer = answers.shift()
    return answer ? Promise.reject(answer() as Error) : Promise.resolve({ data: intent(body.start_at) })
  }) as never)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('a guest who has a time held', () => {
  it('books another one that was chosen since, which lets the earlier go', async () => {
    keepIntent('svc_1', { intent: intent(TEN) as never, email: 'mia@example.com' })
    const { page, router } = await checkout(TWO)
    expect(page.text()).not.toContain(t.mailTitle)
    await fillAndSend(page)
    expect(sent[0]?.body).toMatchObject({ start_at: TWO, replaces: { id: 'bki_1', secret: 's' } })
    expect(page.text()).toContain(bothTimes(TWO, ownZone()))
    expect(router.currentRoute.value.query.start).toBe(TWO)
  })
  it('is told which time it is, when the page is read anew', async () => {
    keepIntent('svc_1', { intent: intent(TEN) as never, email: 'mia@example.com' })
    const { page } = await checkout(TEN)
    expect(page.text()).toContain(t.mailTitle)
    expect(page.text()).toContain(bothTimes(TEN, ownZone()))
  })
})

describe('a refusal', () => {
  it('of other terms shows the present price, past what a cache keeps', async () => {
    const { page } = await checkout(TEN)
    answers.push(() => refusal(409, 'terms_changed'))
    price = 6_000
    await fillAndSend(page)
    expect(reads.filter((each) => each.path === '/v1/services/{service_id}').map((each) => each.cache)).toEqual(['default', 'reload'])
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(sent.map((each) => (each.body as unknown as { expected_price: { amount: number } }).expected_price.amount)).toEqual([5_000, 6_000])
  })
  it('of a time that is taken reads the free ones anew', async () => {
    const { page } = await checkout(TEN)
    answers.push(() => refusal(409, 'slot_unavailable'))
    await fillAndSend(page)
    expect(looked).toHaveBeenCalledOnce()
  })
  it('of somebody unknown leads to where that is said, and the next press asks anew', async () => {
    const { page } = await checkout(TEN)
    answers.push(() => refusal(409, 'profile_incomplete'))
    await fillAndSend(page)
    expect(page.findAll('a').find((each) => each.text() === common.sayWho)?.attributes('href')).toBe('/welcome')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(sent[1]?.key).not.toBe(sent[0]?.key)
  })
})
