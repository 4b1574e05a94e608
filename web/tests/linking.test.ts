import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, it, vi } from 'vitest'
import { api } from '../src/session/api'
import IdentitiesPart from '../src/pages/account/IdentitiesPart.vue'
import CallbackPage from '../src/pages/auth/CallbackPage.vue'
import account from '@texts/account'
import auth from '@texts/auth'

const replace = vi.fn(() => Promise.resolve())
const query: { value: Record<string, string> } = { value: {} }
vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRoute: () => ({ path: '/auth/google/callback', query: query.value }), useRouter: () => ({ replace }) }))
afterEach(() => vi.restoreAllMocks())

async function comeBack(answer: Record<string, string>) {
  query.value = answer
  const posts = vi.spyOn(api, 'POST').mockRejectedValue(new Error('refused'))
  const page = mount(CallbackPage, { props: { provider: 'google' }, global: { plugins: [createPinia()], stubs: { RouterLink: RouterLinkStub } } })
  await flushPromises()
  return { page, called: posts.mock.lastCall?.[0] }
}

it('connects only what was begun to be connected, and only once', async () => {
  vi.spyOn(api, 'GET').mockImplementation(((path: string) =>
    Promise.resolve({ data: path.includes('authorize') ? { authorization_url: '#', state: 'begun' } : { items: [{ provider: 'facebook', email: '' }] } })) as never)
  const part = mount(IdentitiesPart)
  await flushPromises()
  expect(part.text()).toContain(account.identities.remove('Facebook'))
  expect(part.text()).not.toContain(account.identities.add('Facebook'))
  await part.findAll('button').find((each) => each.text() === account.identities.add('Google'))!.trigger('click')
  await flushPromises()
  const linking = await comeBack({ code: 'c', state: 'begun' })
  expect(linking.called).toBe('/v1/users/me/identities/{provider}')
  expect(linking.page.text()).toContain(auth.callback.notLinked)
  expect((await comeBack({ code: 'c', state: 'begun' })).called).toBe('/v1/auth/oauth/{provider}/callback')
  sessionStorage.setItem('gigsta.linking', 'begun')
  expect((await comeBack({ code: 'c', state: 'another' })).called).toBe('/v1/auth/oauth/{provider}/callback')
})

it('says in words why a provider sends nobody', async () => {
  const told = async (error: string) => (await comeBack({ error, state: 'x' })).page.get('[role=alert]').text()
  expect(await told('access_denied')).toBe(auth.callback.refused('Google'))
  expect(await told('server_error')).toBe(auth.callback.trouble('Google'))
})
