import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import SearchBar from '../src/components/SearchBar.vue'
import { money } from '../src/format'
import ProviderCard from '../src/pages/search/ProviderCard.vue'
import SearchPage from '../src/pages/search/SearchPage.vue'
import { api } from '../src/session/api'
import type { Schemas } from '../src/support/schemas'
import common from '@texts/common'
import t from '@texts/search'

const provider = { id: 'prv_1', trading_name: 'Kowhai Gardens', is_verified: true, categories: ['gardening', 'house-cleaning', 'lawn', 'tiling'], price_from: { amount: 6_000, currency: 'nzd' }, place_kinds: ['customer'], rating: { count: 2, mean: 4.5, score: 4.5 }, area: { lat: -36.8, lng: 174.7 }, distance_m: 1_200 } as unknown as Schemas['ProviderFound']
const NOTHING = { items: [], next_cursor: null, interpretation: null, facets: null }
const router = () => {
  const Empty = { template: '<p />' }
  return createRouter({ history: createMemoryHistory(), routes: [{ path: '/search', name: 'search', component: Empty }, { path: '/providers/:id', component: Empty }, { path: '/job-requests/new', component: Empty }] })
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('a provider that was found', () => {
  const card = (changed = {}) => mount(ProviderCard, { props: { provider: { ...provider, ...changed }, names: new Map([['house-cleaning', 'Cleaning of houses']]) }, global: { stubs: { RouterLink: RouterLinkStub } } })
  it('says who it is, what they do and from how much, and leads to their page', () => {
    const found = card()
    expect(found.getComponent(RouterLinkStub).props('to')).toBe('/providers/prv_1')
    expect(found.text()).toContain('Kowhai Gardens')
    expect(found.text()).toContain(t.card.from(money(provider.price_from, true)))
    expect(found.text()).toContain('Cleaning of houses')
    expect(found.text()).toContain('+1')
    expect(found.text()).not.toContain('Tiling')
  })
  it('asks for a quote where it has no price', () => {
    expect(card({ price_from: null }).text()).toContain(common.byQuote)
  })
})

describe('a search', () => {
  it('asks for providers where they are to be shown, and for services again after', async () => {
    const read = vi.fn(async (path: string) => ({ data: path === '/v1/search/providers' ? { ...NOTHING, items: [provider] } : NOTHING }))
    vi.spyOn(api, 'GET').mockImplementation(read as never)
    const asked = () => read.mock.calls.map(([path]) => path).filter((path) => path.startsWith('/v1/search'))
    const routes = router()
    await routes.push('/search?kind=providers&q=hedge')
    const page = mount(SearchPage, { global: { plugins: [routes], stubs: { MapView: true } } })
    await flushPromises()
    expect(asked()).toEqual(['/v1/search/providers'])
    expect(page.get('h1').text()).toBe('1 provider for “hedge”')
    expect(page.findAllComponents(ProviderCard)).toHaveLength(1)
    await page.findAll('button').find((each) => each.text() === t.kinds.services)?.trigger('click')
    await flushPromises()
    expect(routes.currentRoute.value.query).toEqual({ q: 'hedge' })
    expect(asked()).toEqual(['/v1/search/providers', '/v1/search/services'])
    expect(page.findAllComponents(ProviderCard)).toHaveLength(0)
  })
  it('goes on with the span that it began with, a minute later', async () => {
    vi.useFakeTimers({ now: new Date('2030-03-04T02:00:10Z'), toFake: ['Date'] })
    const read = vi.fn(async (_path: string, { params }: { params: { query: { available_from?: string; cursor?: string } } }) => ({ data: { ...NOTHING, items: [{ ...provider, id: params.query.cursor ?? 'prv_1' }], next_cursor: params.query.cursor ? null : 'c' } }))
    vi.spyOn(api, 'GET').mockImplementation(read as never)
    const routes = router()
    await routes.push('/search?kind=providers&when=today')
    const page = mount(SearchPage, { global: { plugins: [routes], stubs: { MapView: true } } })
    await flushPromises()
    vi.setSystemTime(new Date('2030-03-04T02:03:00Z'))
    await page.findAll('button').find((each) => each.text() === common.more)?.trigger('click')
    await flushPromises()
    const spans = read.mock.calls.filter(([path]) => path === '/v1/search/providers').map(([, { params }]) => params.query.available_from)
    expect(spans).toEqual(['2030-03-04T02:00:00Z', '2030-03-04T02:00:00Z'])
  })
  it('leads straight to a provider that is chosen from what is suggested', async () => {
    vi.useFakeTimers()
    vi.spyOn(api, 'GET').mockResolvedValue({ data: { categories: [], services: ['Kowhai trimming'], providers: [{ id: 'prv_1', trading_name: 'Kowhai Gardens' }] } } as never)
    const routes = router()
    await routes.push('/search')
    const bar = mount(SearchBar, { global: { plugins: [routes] } })
    await bar.get('[role=combobox]').setValue('kow')
    await vi.advanceTimersByTimeAsync(500)
    await bar.findAll('[role=option]')[1]?.trigger('mousedown')
    await flushPromises()
    expect(routes.currentRoute.value.path).toBe('/providers/prv_1')
    await bar.findAll('[role=option]')[0]?.trigger('mousedown')
    await flushPromises()
    expect(routes.currentRoute.value.fullPath).toBe('/search?q=Kowhai+trimming')
  })
})
