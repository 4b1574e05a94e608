import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import t from '@texts/inbox'
import PushSwitch from '../src/pages/inbox/PushSwitch.vue'
import { api, kept } from '../src/session/api'
import { useSession, type Account } from '../src/session/session'

/** A browser with push messages: what it has subscribed to, and what the server knows of it. */
let made: { endpoint: string; toJSON: () => unknown; unsubscribe: () => Promise<boolean> } | null = null
let known: string[] = []
let count = 0
let me = 'usr_mia'
const subscribe = () => {
  const endpoint = `https://push/${++count}`
  made ??= { endpoint, toJSON: () => ({ endpoint, keys: { p256dh: 'k', auth: 'a' } }), unsubscribe: () => Promise.resolve((made = null) === null) }
  return Promise.resolve(made)
}
const worker = { pushManager: { getSubscription: () => Promise.resolve(made), subscribe } }

const shown = async (): Promise<VueWrapper> => {
  const found = mount(PushSwitch)
  await flushPromises()
  return found
}
const press = async (found: VueWrapper) => {
  await found.get('button').trigger('click')
  await flushPromises()
}
const signIn = async (who: string) => {
  me = who
  await useSession().begin({ access_token: 'a', refresh_token: 'r' })
  await flushPromises()
}

beforeEach(async () => {
  localStorage.clear()
  made = null
  known = []
  setActivePinia(createPinia())
  vi.stubGlobal('PushManager', class {})
  vi.stubGlobal('Notification', { permission: 'default', requestPermission: () => Promise.resolve('granted') })
  Object.defineProperty(navigator, 'serviceWorker', { configurable: true, value: { getRegistration: () => Promise.resolve(worker), register: () => Promise.resolve(worker), ready: Promise.resolve(worker) } })
  vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: path.endsWith('push-key') ? { application_server_key: 'key' } : ({ id: me } as Account) })) as never)
  vi.spyOn(api, 'POST').mockImplementation(((path: string, asked: { body: { endpoint: string } }) => {
    if (path.endsWith('push-subscriptions')) known.push(asked.body.endpoint)
    if (path.endsWith('logout')) known = []
    return Promise.resolve({ data: {} })
  }) as never)
  vi.spyOn(api, 'DELETE').mockImplementation(((_path: string, { body }: { body: { endpoint: string } }) => {
    if (!known.includes(body.endpoint)) return Promise.reject(Object.assign(new Error(), { problem: { status: 404 } }))
    known = known.filter((each) => each !== body.endpoint)
    return Promise.resolve({})
  }) as never)
  await signIn('usr_mia')
})
afterEach(() => {
  kept.end()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('is off after a sign-out, and can be switched on again', async () => {
  await press(await shown())
  expect(known).toEqual([made?.endpoint])
  await useSession().signOut()
  await flushPromises()
  expect(made).toBeNull()
  await signIn('usr_mia')
  const again = await shown()
  expect(again.get('button').text()).toBe(t.preferences.pushOn)
  await press(again)
  expect(again.get('button').text()).toBe(t.preferences.pushOff)
  expect(known).toEqual([made?.endpoint])
})

it('is another account’s no more once somebody else has signed in', async () => {
  await press(await shown())
  const first = made?.endpoint
  await signIn('usr_tom')
  expect(made).toBeNull()
  const toms = await shown()
  expect(toms.get('button').text()).toBe(t.preferences.pushOn)
  await press(toms)
  expect(made?.endpoint).not.toBe(first)
})

it('is renewed where the server has forgotten it, and said to be on then', async () => {
  await press(await shown())
  known = []
  const again = await shown()
  expect(again.text()).toContain(t.preferences.pushIsOn)
  expect(known).toEqual([made?.endpoint])
})

it('can be switched off though the server has forgotten it', async () => {
  const found = await shown()
  await press(found)
  known = []
  await press(found)
  expect(found.find('[role=alert]').exists()).toBe(false)
  expect(found.get('button').text()).toBe(t.preferences.pushOn)
  expect(made).toBeNull()
})
