import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import EarningsPage from '../src/pages/provider/EarningsPage.vue'

vi.mock('../src/session/live', () => ({ useLive: () => undefined }))
vi.mock('../src/session/api', async () => {
  const { createGigsta } = await import('@gigsta/client')
  const bodies: Record<string, object> = {
    '/v1/providers/me': { timezone: 'UTC' },
    '/v1/providers/me/earnings': { items: [], timezone: 'UTC', next_cursor: null },
    '/v1/providers/me/stats': { acceptance_rate: null, completion_rate: null, reliability: null, requests: 0, declined: 0, cancelled_by_provider: 0 },
  }
  // Over HTTP/2 a status has no text.
  const refusal = () => new Response(JSON.stringify({ title: 'Unprocessable', status: 422, code: 'invalid_input', detail: 'A statement covers at most 366 days.' }), { status: 422, statusText: '', headers: { 'content-type': 'application/problem+json' } })
  const fetch = (request: Request) => {
    const body = bodies[new URL(request.url).pathname]
    return Promise.resolve(body ? new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }) : refusal())
  }
  return { api: createGigsta({ baseUrl: 'https://example.com', fetch }), kept: { accessToken: null } }
})

it('says why a file is refused in the words of the server', async () => {
  const page = mount(EarningsPage, { global: { plugins: [createPinia()], stubs: { ProviderNav: true } } })
  await vi.waitFor(() => expect(page.find('form').exists()).toBe(true))
  await page.get('form').trigger('submit')
  await vi.waitFor(() => expect(page.find('[role=alert]').exists()).toBe(true))
  await flushPromises()
  expect(page.get('[role=alert]').text()).toContain('A statement covers at most 366 days.')
})
