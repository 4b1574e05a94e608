import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { nextTick, reactive } from 'vue'
import { useSession, type Account } from '../src/session/session'
import { useDraft } from '../src/support/useDraft'

const empty = () => reactive({ title: '', photos: 0 })
const signIn = (id: string): void => {
  useSession().user = { id } as Account
}

beforeEach(() => {
  sessionStorage.clear()
  setActivePinia(createPinia())
})

it('keeps what is typed over a reload, and forgets what was sent', async () => {
  const form = empty()
  const forget = useDraft('request', form)
  form.title = 'Hedge'
  await nextTick()
  const again = empty()
  useDraft('request', again)
  expect(again.title).toBe('Hedge')
  const other = empty()
  useDraft('report', other)
  expect(other.title).toBe('')
  forget()
  const sent = empty()
  useDraft('request', sent)
  expect(sent.title).toBe('')
})

it('goes on with whoever signs in next, and shows nothing to another person', async () => {
  const form = empty()
  useDraft('request', form)
  signIn('mia')
  form.title = 'Of Mia'
  await nextTick()
  signIn('tom')
  const foreign = empty()
  useDraft('request', foreign)
  await new Promise((done) => setTimeout(done))
  expect(foreign.title).toBe('')
})
