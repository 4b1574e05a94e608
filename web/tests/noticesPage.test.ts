import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import t from '@texts/inbox'
import AskFirst from '../src/components/AskFirst.vue'
import NoticesPage from '../src/pages/inbox/NoticesPage.vue'
import { api } from '../src/session/api'
import { useSession } from '../src/session/session'

const notice = (id: string) => ({ id, kind: 'bookings', type: 'booking_accepted', title: id, body: '', read_at: null as string | null, created_at: '2026-11-20T09:00:00Z', booking_id: null, offer_id: null, job_request_id: null, report_id: null })
let items: ReturnType<typeof notice>[] = []

beforeEach(() => {
  setActivePinia(createPinia())
  items = ['one', 'two', 'three'].map(notice)
  const read = (which: (id: string) => boolean) => {
    items = items.map((each) => (which(each.id) ? { ...each, read_at: '2026-11-20T09:01:00Z' } : each))
    return Promise.resolve({ data: {} })
  }
  vi.spyOn(api, 'GET').mockImplementation((() => Promise.resolve({ data: { items, next_cursor: null, unread_count: items.filter((each) => !each.read_at).length } })) as never)
  vi.spyOn(api, 'PUT').mockImplementation(((_path: string, asked?: { params: { path: { id: string } } }) => read((id) => !asked || id === asked.params.path.id)) as never)
  vi.spyOn(api, 'DELETE').mockImplementation(((_path: string, { params }: { params: { path: { id: string } } }) => {
    items = items.filter((each) => each.id !== params.path.id)
    return Promise.resolve({})
  }) as never)
})
afterEach(() => vi.restoreAllMocks())

it('says at the bell what is still unread after reading, removing and marking all', async () => {
  const page = mount(NoticesPage, { global: { stubs: { InboxTabs: true, AskFirst: true, RouterLink: RouterLinkStub } } })
  await flushPromises()
  const session = useSession()
  expect(session.unread).toBe(3)
  await page.findAll('li .flex-1')[0]?.trigger('click')
  await flushPromises()
  expect(session.unread).toBe(2)
  await page.findAll('li button')[1]?.trigger('click')
  await page.getComponent(AskFirst).props('work')()
  await flushPromises()
  expect(session.unread).toBe(1)
  await page.findAll('button').find((each) => each.text() === t.notices.readAll)?.trigger('click')
  await flushPromises()
  expect(session.unread).toBe(0)
})
