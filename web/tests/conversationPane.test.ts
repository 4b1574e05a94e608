import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import t from '@texts/inbox'
import ConversationPane from '../src/components/ConversationPane.vue'
import PhotoPicker from '../src/components/PhotoPicker.vue'
import { api, kept } from '../src/session/api'
import { OUTBOX, useSession, type Account } from '../src/session/session'

vi.mock('../src/session/live', () => ({ useLive: () => undefined, useLiveFrames: () => undefined, liveStream: () => new Promise(() => undefined) }))

const lost = () => new TypeError('Failed to fetch')
const refusal = (detail: string) => Object.assign(new Error(detail), { problem: { status: 422, code: 'invalid_input', detail } })
const message = (seq: number, changed = {}) => ({ id: `msg_${seq}`, seq, client_id: null, is_own: true, text: `No. ${seq}`, is_masked: false, media: [], created_at: '2026-11-20T09:00:00Z', ...changed })
const talk = (last_seq: number) => ({ id: 'cnv', other_party: { name: 'Tom', picture: null }, title: 'Hedge', standing: 'open', last_seq, read_seq: last_seq, other_read_seq: 0 })

/** What the server has stored, and what is posted; `answer` decides about each. */
const stored: ReturnType<typeof message>[] = []
const posted: { client_id: string; text: string; media_ids: string[] }[] = []
let answer: () => unknown = () => null
let older: () => unknown = () => ({ items: [], last_seq: 0 })

const open: VueWrapper[] = []
let id = ''
function pane(): VueWrapper {
  const found = mount(ConversationPane, { props: { id }, global: { stubs: { FlagButton: true, PhotoPicker: { props: ['modelValue'], emits: ['update:modelValue', 'busy'], template: '<i />' } } } })
  open.push(found)
  return found
}
async function shown(): Promise<VueWrapper> {
  const found = pane()
  await flushPromises()
  return found
}
async function write(found: VueWrapper, text: string): Promise<void> {
  await found.get('textarea').setValue(text)
  await found.get('form').trigger('submit')
  await flushPromises()
}
const leave = (found: VueWrapper) => found.unmount()
const button = (found: VueWrapper, text: string) => found.findAll('button').find((each) => each.text() === text)
let me = {} as Account
const signIn = (who: string) => {
  me = { id: who } as Account
  useSession().user = me
}

beforeEach(() => {
  id = `cnv_${Math.random()}`
  stored.length = posted.length = 0
  answer = () => null
  older = () => ({ items: [], last_seq: 0 })
  vi.spyOn(api, 'GET').mockImplementation(((path: string, asked?: { params: { query?: { before_seq?: number; after_seq?: number } } }) => {
    if (path === '/v1/users/me') return Promise.resolve({ data: me })
    if (!path.endsWith('/messages')) return Promise.resolve({ data: talk(stored.at(-1)?.seq ?? 0) })
    const { before_seq: before, after_seq: after } = asked?.params.query ?? {}
    if (before && before <= (stored[0]?.seq ?? 1)) return Promise.resolve().then(() => ({ data: older() }))
    return Promise.resolve({ data: { items: stored.filter(({ seq }) => seq > (after ?? 0)), last_seq: stored.length } })
  }) as never)
  vi.spyOn(api, 'POST').mockImplementation(((path: string, { body }: { body: (typeof posted)[number] }) => {
    if (!path.endsWith('/messages')) return Promise.resolve({ data: {} })
    posted.push(body)
    const failure = answer()
    if (failure) return Promise.reject(failure as Error)
    stored.push(message(stored.length + 1, body))
    return Promise.resolve({ data: stored.at(-1) })
  }) as never)
  sessionStorage.clear()
  kept.end()
  setActivePinia(createPinia())
  kept.start({ access_token: 'a', refresh_token: 'r' })
  signIn('usr_mia')
  vi.useFakeTimers()
})
afterEach(() => {
  open.splice(0).forEach((each) => each.unmount())
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a message that waits for the connection', () => {
  it('goes out after its page was left, once', async () => {
    answer = lost
    const first = await shown()
    await write(first, 'At nine?')
    expect(first.text()).toContain(t.waiting)
    leave(first)
    answer = () => null
    await vi.advanceTimersByTimeAsync(3_000)
    expect(stored.map(({ text }) => text)).toEqual(['At nine?'])
    expect(new Set(posted.map((each) => each.client_id)).size).toBe(1)
    const again = await shown()
    expect(again.text()).toContain('At nine?')
    expect(again.find('[data-waiting]').exists()).toBe(false)
  })
  it('is there when the page is opened again', async () => {
    answer = lost
    const first = await shown()
    await write(first, 'At nine?')
    leave(first)
    expect((await shown()).get('[data-waiting]').text()).toContain('At nine?')
  })
  it('goes on when the tab is read anew', async () => {
    answer = lost
    await write(await shown(), 'At nine?')
    expect(sessionStorage.getItem(OUTBOX)).toContain('At nine?')
    vi.resetModules()
    const fresh = await import('../src/session/api')
    const post = vi.spyOn(fresh.api, 'POST').mockResolvedValue({ data: message(1) } as never)
    await import('../src/session/outbox')
    await flushPromises()
    expect(post.mock.lastCall?.[1]).toEqual({ params: { path: { conversation_id: id } }, body: posted[0] })
    expect(sessionStorage.getItem(OUTBOX)).toBeNull()
  })
  it('ends with the sign-in', async () => {
    answer = lost
    const first = await shown()
    await write(first, 'At nine?')
    kept.end()
    await flushPromises()
    expect(first.find('[data-waiting]').exists()).toBe(false)
    expect(sessionStorage.getItem(OUTBOX)).toBeNull()
    const before = posted.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posted).toHaveLength(before)
  })
  it('is not sent, nor shown, as another person', async () => {
    answer = lost
    leave(await shown().then(async (found) => (await write(found, 'Of Mia'), found)))
    answer = () => null
    posted.length = 0
    signIn('usr_tom')
    const toms = await shown()
    expect(toms.text()).not.toContain('Of Mia')
    await write(toms, 'Of Tom')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posted.map(({ text }) => text)).toEqual(['Of Tom'])
  })
})

it('takes as many characters as the API, and puts what was refused back into the field', async () => {
  answer = () => refusal('That is too much.')
  const found = await shown()
  expect(found.get('textarea').attributes('maxlength')).toBe('2000')
  await write(found, 'Long')
  expect(found.get('[data-waiting]').text()).toContain('That is too much.')
  await found.get('textarea').setValue('and more')
  await button(found, t.takeBack(0))?.trigger('click')
  expect(found.get('textarea').element.value).toBe('Long\nand more')
  expect(found.find('[data-waiting]').exists()).toBe(false)
})

it('keeps the row of photos while something is in it', async () => {
  const found = await shown()
  const fold = found.get(`[aria-label="${t.addPhoto}"]`)
  const row = () => found.getComponent(PhotoPicker)
  const isSeen = () => !(row().attributes('style') ?? '').includes('none')
  expect(isSeen()).toBe(false)
  await fold.trigger('click')
  await row().vm.$emit('busy', true)
  await flushPromises()
  await fold.trigger('click')
  expect(isSeen()).toBe(true)
  await row().vm.$emit('update:modelValue', ['med_1'])
  await row().vm.$emit('busy', false)
  await flushPromises()
  await fold.trigger('click')
  expect(isSeen()).toBe(true)
  await write(found, '')
  expect(posted[0]?.media_ids).toEqual(['med_1'])
})

it('says that earlier messages could not be read, and reads them again', async () => {
  stored.push(message(51))
  older = () => {
    throw lost()
  }
  const found = await shown()
  await button(found, t.older)?.trigger('click')
  await flushPromises()
  const note = found.get('[role=alert]')
  older = () => ({ items: [message(50)], last_seq: 51 })
  await note.get('button').trigger('click')
  await flushPromises()
  expect(found.text()).toContain('No. 50')
  expect(found.find('[role=alert]').exists()).toBe(false)
})

it('opens a photo of either side at an address that still works', async () => {
  const media = (url: string, expires_at: string) => [{ id: 'med_1', files: [{ name: 'full', url, expires_at }] }]
  stored.push(message(1, { is_own: false, media: media('https://x/old', '2020-01-01T00:00:00Z') }))
  const found = await shown()
  stored[0] = message(1, { is_own: false, media: media('https://x/new', '2999-01-01T00:00:00Z') })
  const replace = vi.fn()
  vi.spyOn(window, 'open').mockReturnValue({ location: { replace }, close: vi.fn() } as never)
  await found.get('article a').trigger('click')
  await flushPromises()
  expect(replace).toHaveBeenCalledWith('https://x/new')
  expect(found.get('article a').attributes('href')).toBe('https://x/new')
})
