import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import FlagButton from '../src/components/FlagButton.vue'
import FlagDialog from '../src/components/FlagDialog.vue'
import { api } from '../src/session/api'
import { useSession } from '../src/session/session'
import type { Flagged } from '../src/support/flagged'
import type { Schemas } from '../src/support/schemas'
import t from '@texts/flags'

const push = vi.hoisted(() => vi.fn())
vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRoute: () => ({ fullPath: '/services/svc_1?page=2' }), useRouter: () => ({ push }) }))

const comment: Flagged = { kind: 'comment', id: 'cmt_1', text: 'Buy my book.' }
const photo = (media_id: string) => ({ media_id, files: [{ name: 'small', src: `/${media_id}.webp` }] }) as Schemas['PhotoView']

/** What the dialog sends about something, the last of its photos chosen. */
async function sent(thing: Flagged): Promise<{ call: unknown[]; text: string }> {
  const post = vi.spyOn(api, 'POST').mockResolvedValue({ data: {} } as never)
  const dialog = mount(FlagDialog, { props: { thing }, attachTo: document.body })
  await dialog.findAll('input[name=photo]').at(-1)?.setValue()
  await dialog.get('input[value=spam]').setValue()
  await dialog.get('textarea').setValue('Third time.')
  await dialog.get('form').trigger('submit')
  await flushPromises()
  const text = dialog.text()
  dialog.unmount()
  return { call: post.mock.lastCall ?? [], text }
}

describe('letting moderators look at something', () => {
  beforeEach(() => setActivePinia(createPinia()))
  it('leads who is not signed in to that, and back', async () => {
    const button = mount(FlagButton, { props: { thing: comment } })
    await button.get('button').trigger('click')
    expect(push).toHaveBeenCalledWith({ name: 'sign-in', query: { next: '/services/svc_1?page=2' } })
    expect(document.querySelector('dialog')).toBeNull()
  })
  it('asks who is signed in what is wrong', async () => {
    useSession().isSignedIn = true
    const button = mount(FlagButton, { props: { thing: comment } })
    expect(button.get('button').attributes('aria-label')).toBe(t.open.comment)
    await button.get('button').trigger('click')
    await vi.waitFor(() => expect(document.querySelector('dialog')?.textContent).toContain('Buy my book.'))
    button.unmount()
  })
  it('sends what everybody sees with its kind, and says thanks', async () => {
    const said = { reason: 'spam', note: 'Third time.' }
    const { call, text } = await sent(comment)
    expect(call).toEqual(['/v1/moderation', { body: { kind: 'comment', id: 'cmt_1', ...said } }])
    expect(text).toContain(t.sent)
    expect((await sent({ kind: 'media', photos: [photo('med_1'), photo('med_2')] })).call).toEqual(['/v1/moderation', { body: { kind: 'media', id: 'med_2', ...said } }])
  })
  it('sends a message in its conversation', async () => {
    const { call } = await sent({ kind: 'message', conversation: 'cnv_1', seq: 3, text: 'Pay me cash.' })
    expect(call).toEqual(['/v1/conversations/{conversation_id}/messages/{seq}/report', { params: { path: { conversation_id: 'cnv_1', seq: 3 } }, body: { reason: 'spam', note: 'Third time.' } }])
  })
})
