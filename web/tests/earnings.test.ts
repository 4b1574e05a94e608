import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import { earningMonths } from '../src/pages/provider/earningMonths'
import EarningsPage from '../src/pages/provider/EarningsPage.vue'
import { api } from '../src/session/api'
import { handFile } from '../src/support/saveFile'

vi.mock('../src/session/live', () => ({ useLive: () => undefined }))
vi.mock('../src/support/saveFile', () => ({ handFile: vi.fn() }))

const ZONE = 'Pacific/Auckland'

it('asks for whole months of the provider’s clock, and no more than a year', () => {
  // The first of December there.
  expect(earningMonths(ZONE, new Date('2026-11-30T12:00:00Z'))).toEqual({ from: '2026-03-31T11:00:00Z', to: '2027-03-31T11:00:00Z' })
  for (let month = 0; month < 60; month += 1) {
    const { from, to } = earningMonths(ZONE, new Date(Date.UTC(2026, month, 15)))
    expect((Date.parse(to) - Date.parse(from)) / 86_400_000).toBeLessThanOrEqual(366)
  }
})

it('shows whole months, and hands out a statement with all its parts', async () => {
  const stats = { acceptance_rate: null, completion_rate: null, reliability: null, requests: 0, declined: 0, cancelled_by_provider: 0 }
  const read = vi.spyOn(api, 'GET').mockImplementation(((path: string, { params }: { params?: { query: { cursor?: string } } } = {}) => {
    if (!path.endsWith('.csv')) return Promise.resolve({ data: path.endsWith('stats') ? stats : { items: [], timezone: ZONE } })
    const isFirst = params?.query.cursor === undefined
    const headers: Record<string, string> = isFirst ? { Link: '</v1/payments/statements.csv?cursor=two>; rel="next"' } : {}
    return Promise.resolve({ data: `at,amount\n${isFirst ? 'one,1' : 'two,2'}\n`, response: new Response('', { headers }) })
  }) as never)
  const page = mount(EarningsPage, { global: { plugins: [createPinia()], stubs: { ProviderNav: true } } })
  await flushPromises()
  expect((read.mock.calls as unknown[][]).find(([path]) => path === '/v1/providers/me/earnings')?.[1]).toEqual({ params: { query: earningMonths(ZONE) } })
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(await vi.mocked(handFile).mock.lastCall?.[0].text()).toBe('at,amount\none,1\ntwo,2\n')
})
