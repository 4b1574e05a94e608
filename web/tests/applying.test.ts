import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import ApprovalsPage from '../src/pages/admin/ApprovalsPage.vue'
import BusinessPage from '../src/pages/onboarding/BusinessPage.vue'
import { api } from '../src/session/api'
import { useSession, type Account } from '../src/session/session'
import t from '@texts/admin'

vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRouter: () => ({ push: () => Promise.resolve() }) }))

it('fills in what was said before where somebody applies again', async () => {
  const pinia = createPinia()
  setActivePinia(pinia)
  const user = { full_name: 'Mere', phone_number: '+64211234567', address: { text: '1 Home Street' }, provider_id: 'prv_1', terms: {}, roles: [] }
  useSession().user = user as unknown as Account
  vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: path === '/v1/providers/me' ? { trading_name: 'Green Ltd', address: { text: '2 Works Road' } } : user })) as never)
  const apply = vi.spyOn(api, 'POST').mockResolvedValue({} as never)
  const page = mount(BusinessPage, { global: { plugins: [pinia], stubs: { OnboardingSteps: true } } })
  await flushPromises()
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(apply.mock.lastCall?.[1]).toMatchObject({ body: { trading_name: 'Green Ltd', address: '2 Works Road' } })
})

it('lets staff decide on applications that wait, and on no others', async () => {
  const provider = (status: string) => ({ id: `prv_${status}`, user_id: 'usr_1', trading_name: status, bio: '', status, address: { text: '' }, is_billable: true, created_at: '2026-11-01T00:00:00Z' })
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: ['pending', 'approved', 'rejected'].map(provider), next_cursor: null } } as never)
  const page = mount(ApprovalsPage, { global: { stubs: { RouterLink: RouterLinkStub, AdminShell: { template: '<div><slot /></div>' } } } })
  await flushPromises()
  const deciding = page.findAll('li').map((row) => row.findAll('button').map((each) => each.text()))
  expect(deciding).toEqual([[t.providers.approve, t.providers.reject], [], []])
})
