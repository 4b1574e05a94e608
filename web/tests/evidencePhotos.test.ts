import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '@gigsta/client'
import EvidencePhotos from '../src/components/EvidencePhotos.vue'
import PhotoPicker from '../src/components/PhotoPicker.vue'
import SchemaForm from '../src/components/SchemaForm.vue'
import { api } from '../src/session/api'
import t from '@texts/bookings'

const NOW = Date.parse('2030-03-04T10:00:00Z')
const read = vi.fn()
const photo = (id: string, minutes: number) => ({ id, state: 'ready', files: ['full', 'small'].map((name) => ({ name, url: `https://x/${id}/${name}?${minutes}`, width: 4, height: 3, expires_at: new Date(NOW + minutes * 60_000).toISOString() })) })
const gone = () => Promise.reject(new ApiError({ title: 'No', detail: 'None.', status: 404, code: 'not_found' } as never, new Response(null, { status: 404 })))

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  HTMLDialogElement.prototype.showModal = () => undefined
  read.mockReset()
  vi.spyOn(api, 'GET').mockImplementation(((_path: string, { params }: { params: { path: { id: string } } }) => read(params.path.id) as unknown) as never)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('shows what both sides gave, less what is gone', async () => {
  read.mockImplementation((id: string) => (id === 'med_2' ? gone() : Promise.resolve({ data: photo(id, 10) })))
  const shown = mount(EvidencePhotos, { props: { ids: ['med_1', 'med_2'] } })
  await flushPromises()
  expect(shown.findAll('li img').map((each) => each.attributes('src'))).toEqual(['https://x/med_1/small?10'])
})

it('says so where nothing is left', async () => {
  read.mockImplementation(gone)
  const shown = mount(EvidencePhotos, { props: { ids: ['med_1'] } })
  await flushPromises()
  expect(shown.text()).toBe(t.dispute.photoGone)
})

it('reads an address that has ended anew, when the photo is looked at', async () => {
  read.mockResolvedValueOnce({ data: photo('med_1', 5) }).mockResolvedValue({ data: photo('med_1', 15) })
  const shown = mount(EvidencePhotos, { props: { ids: ['med_1'] } })
  await flushPromises()
  await shown.get('li button').trigger('click')
  expect(read).toHaveBeenCalledTimes(1)
  vi.setSystemTime(NOW + 6 * 60_000)
  await shown.get('li button').trigger('click')
  await flushPromises()
  expect(shown.get('dialog img').attributes('src')).toBe('https://x/med_1/full?15')
})

it('are uploaded as what they are: the server knows no other purpose', () => {
  const schema = { properties: { media_ids: { type: 'array', items: { type: 'string' } } } }
  const form = mount(SchemaForm, { props: { schema, modelValue: {} } })
  expect(form.getComponent(PhotoPicker).props('purpose')).toBe('dispute_evidence')
})
