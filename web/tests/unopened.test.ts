import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import account from '@texts/account'
import common from '@texts/common'
import App from '../src/App.vue'
import Skeleton from '../src/components/Skeleton.vue'
import { router } from '../src/router'
import { api, kept } from '../src/session/api'

// The router looks where the browser is once, when it is made.
vi.hoisted(() => history.replaceState(null, '', '/account/photos'))

const failure = () => Promise.reject(Object.assign(new Error(), { status: 500, problem: { status: 500, detail: 'Something broke here.' } }))
let readsAccount: () => Promise<unknown> = failure

async function app() {
  const pinia = createPinia()
  setActivePinia(pinia)
  const found = mount(App, { global: { plugins: [pinia, router], stubs: { AppHeader: true, AppFooter: true, TabBar: true } } })
  await settled()
  return found
}
/** Pages are fetched when they are opened. */
async function settled(): Promise<void> {
  await router.isReady().catch(() => null)
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setTimeout(done, 5))
  await flushPromises()
}

beforeEach(() => {
  kept.start({ access_token: 'a', refresh_token: 'r' })
  readsAccount = failure
  vi.spyOn(console, 'error').mockReturnValue()
  vi.spyOn(console, 'warn').mockReturnValue()
  vi.spyOn(api, 'GET').mockImplementation(((path: string) => (path === '/v1/users/me' ? readsAccount() : Promise.resolve({ data: { items: [], next_cursor: null } }))) as never)
})
afterEach(() => {
  kept.end()
  vi.restoreAllMocks()
})

it('is said of a page whose account cannot be read, first or by a link, and may be tried again', async () => {
  const found = await app()
  expect(found.get('[role=alert]').text()).toContain('Something broke here.')
  expect(found.findComponent(Skeleton).exists()).toBe(false)
  readsAccount = () => Promise.resolve({ data: { id: 'usr_mia', email: 'mia@example.com', roles: [] } })
  await found.get('[role=alert] button').trigger('click')
  await settled()
  expect(found.find('[role=alert]').exists()).toBe(false)
  expect(found.text()).toContain(account.photos.title)
  found.unmount()

  await router.push('/nowhere')
  readsAccount = failure
  const open = await app()
  expect(open.text()).toContain(common.notFound)
  await router.push('/account/photos').catch(() => null)
  await settled()
  expect(open.text()).toContain(common.notFound)
  expect(open.get('[role=alert]').text()).toContain('Something broke here.')
  open.unmount()
})
