import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import account from '@texts/account'
import auth from '@texts/auth'
import RecentSignIn from '../src/pages/account/RecentSignIn.vue'
import { recently, recentWork } from '../src/pages/account/useRecent'
import FactorForm from '../src/pages/auth/FactorForm.vue'
import { api } from '../src/session/api'

const proven = vi.hoisted(() => ({ answer: (): Promise<unknown> => Promise.resolve({}) }))
vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRouter: () => ({}) }))
vi.mock('../src/session/passkeys', () => ({ hasPasskeys: () => true, provePasskey: () => proven.answer() }))

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => {
  recentWork.value = null
  vi.restoreAllMocks()
})

async function byPasskey(done: () => Promise<void>) {
  const form = mount(FactorForm, { props: { challenge: { token: 'c', factors: ['passkey'] }, onDone: done } })
  await form.findAll('button').find((each) => each.text() === auth.factor.passkey)?.trigger('click')
  await flushPromises()
  return form
}

it('says why a passkey proved nothing', async () => {
  const done = vi.fn(() => Promise.resolve())
  const post = vi.spyOn(api, 'POST').mockRejectedValueOnce(new Error('The proof has ended.'))
  expect((await byPasskey(done)).get('[role=alert]').text()).toContain('The proof has ended.')
  post.mockResolvedValue({ data: { challenge_token: 'd', options: {} } } as never)
  proven.answer = () => Promise.reject(new Error('It was cancelled.'))
  expect((await byPasskey(done)).get('[role=alert]').text()).toContain('It was cancelled.')
  expect(done).not.toHaveBeenCalled()
  proven.answer = () => Promise.resolve({ id: 'key' })
  expect((await byPasskey(done)).find('[role=alert]').exists()).toBe(false)
  expect(post).toHaveBeenLastCalledWith('/v1/auth/factor', { body: { challenge_token: 'd', credential: { id: 'key' } } })
  expect(done).toHaveBeenCalledOnce()
  done.mockRejectedValueOnce(new Error('The account cannot be read.'))
  expect((await byPasskey(done)).get('[role=alert]').text()).toContain('The account cannot be read.')
})

it('begins with the password again after it was left at the second factor', async () => {
  const ask = async () => {
    void recently(() => Promise.reject(Object.assign(new Error(), { problem: { code: 'recent_sign_in_required', status: 403 } })))
    await flushPromises()
  }
  await ask()
  const dialog = mount(RecentSignIn, { global: { stubs: { RouterLink: RouterLinkStub } } })
  vi.spyOn(api, 'POST').mockRejectedValue(Object.assign(new Error(), { problem: { code: 'factor_required', challenge_token: 'c', factors: ['totp'] } }))
  await dialog.get('form').trigger('submit')
  await flushPromises()
  expect(dialog.findComponent(FactorForm).exists()).toBe(true)
  await dialog.get('dialog').trigger('close')
  await ask()
  expect(dialog.findComponent(FactorForm).exists()).toBe(false)
  expect(dialog.find('input[type=password]').exists()).toBe(true)
})

it('lets who has no password sign in again another way, and nothing waits then', async () => {
  const work = recently(() => Promise.reject(Object.assign(new Error(), { problem: { code: 'recent_sign_in_required', status: 403 } })))
  await flushPromises()
  const dialog = mount(RecentSignIn, { attachTo: document.body, global: { stubs: { RouterLink: RouterLinkStub } } })
  const link = dialog.findAllComponents(RouterLinkStub).find((each) => each.text() === account.recent.another)
  expect(link?.props('to')).toEqual({ name: 'sign-in', query: { next: '/account' } })
  await link?.trigger('click')
  await work
  expect(recentWork.value).toBeNull()
  expect(document.querySelector('dialog')).toBeNull()
  dialog.unmount()
})
