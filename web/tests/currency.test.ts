import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import MoneyInput from '../src/components/MoneyInput.vue'
import ServiceFormPage from '../src/pages/provider/ServiceFormPage.vue'
import { api } from '../src/session/api'

vi.mock('../src/time', async (actual) => ({ ...(await actual<object>()), ownZone: () => 'Australia/Sydney' }))
vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRouter: () => ({ push: () => undefined }) }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('is the deployment’s, wherever the browser is', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ currency: 'jpy' })))
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: [] } } as never)
  const page = mount(ServiceFormPage, { global: { stubs: { RouterLink: RouterLinkStub } } })
  await flushPromises()
  expect(page.findAllComponents(MoneyInput).map((each) => each.props('currency'))).toContain('jpy')
})
