import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import ServiceFormPage from '../src/pages/provider/ServiceFormPage.vue'
import { api } from '../src/session/api'
import c from '@texts/common'

vi.mock('../src/session/config', () => ({ config: () => Promise.resolve({ currency: 'nzd' }) }))

vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRouter: () => ({ push: () => Promise.resolve() }) }))

it('reads a service again that was changed elsewhere meanwhile', async () => {
  const service = {
    id: 'svc_1', version: 3, status: 'active', title: 'Hedges', description: '', category: 'garden', price_type: 'fixed', price: { amount: 5_000, currency: 'nzd' }, duration_minutes: 60,
    place_kinds: ['customer'], online_link: null, cancellation_policy: 'moderate', auto_accept: false, options: [], photos: [],
  }
  const read = vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: [service], next_cursor: null } } as never)
  const change = vi.spyOn(api, 'PATCH').mockRejectedValueOnce({ problem: { status: 409, code: 'version_conflict', detail: 'It has changed.' } }).mockResolvedValue({} as never)
  const page = mount(ServiceFormPage, { props: { id: 'svc_1' }, global: { plugins: [createPinia()], stubs: { CategorySelect: true } } })
  await flushPromises()
  await page.get('form').trigger('submit')
  await flushPromises()
  read.mockResolvedValue({ data: { items: [{ ...service, version: 4, title: 'Hedges and trees' }], next_cursor: null } } as never)
  await page.findAll('button').find((each) => each.text() === c.retry)?.trigger('click')
  await flushPromises()
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(change.mock.lastCall?.[1]).toMatchObject({ body: { title: 'Hedges and trees', version: 4 } })
})
