import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import AskFirst from '../src/components/AskFirst.vue'
import PhotosPage from '../src/pages/account/PhotosPage.vue'
import { api } from '../src/session/api'
import t from '@texts/account'

const photo = (id: string, changed = {}) => ({ id, purpose: 'report', state: 'ready', created_at: '2026-11-20T09:00:00Z', placeholder: '#888888', files: [{ name: 'full', url: `https://x/${id}/full` }, { name: 'small', url: `https://x/${id}/small` }], rejection: null, is_attached: false, ...changed })
const page = async (items: unknown[]) => {
  const read = vi.spyOn(api, 'GET').mockResolvedValue({ data: { items, next_cursor: null } } as never)
  const found = mount(PhotosPage, { global: { stubs: { AskFirst: true } } })
  await flushPromises()
  return { found, read }
}
afterEach(() => vi.restoreAllMocks())

describe("a person's photos", () => {
  it('are shown small, and one that was refused says why', async () => {
    const { found } = await page([photo('med_1'), photo('med_2', { state: 'rejected', files: [], rejection: { reason: 'damaged', message: 'The file is damaged.' } }), photo('med_3', { state: 'pending', files: [] })])
    expect(found.findAll('img').map((each) => each.attributes('src'))).toEqual(['https://x/med_1/small'])
    expect(found.get('a').attributes('href')).toBe('https://x/med_1/full')
    expect(found.text()).toContain('The file is damaged.')
    expect(found.text()).toContain(t.photos.states.pending)
  })
  it('are removed after asking, except what is in use', async () => {
    const gone = vi.spyOn(api, 'DELETE').mockResolvedValue({} as never)
    const { found } = await page([photo('med_1'), photo('med_2', { is_attached: true })])
    expect(found.text()).toContain(t.photos.usedHint)
    expect(found.findAll('li button')).toHaveLength(1)
    await found.get('li button').trigger('click')
    expect(gone).not.toHaveBeenCalled()
    await found.getComponent(AskFirst).props('work')()
    await flushPromises()
    expect(gone).toHaveBeenCalledWith('/v1/media/{id}', { params: { path: { id: 'med_1' } } })
    expect(found.findAll('li')).toHaveLength(1)
  })
  it('are asked for by what they are for', async () => {
    const { found, read } = await page([])
    expect(found.text()).toContain(t.photos.emptyTitle)
    await found.get('select').setValue('message')
    await flushPromises()
    expect(read).toHaveBeenLastCalledWith('/v1/media', { params: { query: { cursor: undefined, limit: 24, purpose: 'message' } } })
  })
  it('open at the address that they have now, which is read anew where the one shown has ended', async () => {
    const file = (url: string, expires_at: string) => [{ name: 'full', url, expires_at }]
    const { found, read } = await page([photo('med_1', { files: file('https://x/old', '2026-11-20T09:05:00Z') }), photo('med_2', { files: file('https://x/good', '2999-01-01T00:00:00Z') })])
    const replace = vi.fn()
    const opened = vi.spyOn(window, 'open').mockReturnValue({ location: { replace }, close: vi.fn() } as never)
    let isTaken = false
    found.element.addEventListener('click', (event: Event) => {
      isTaken = event.defaultPrevented
      event.preventDefault()
    })
    const press = async (index: number) => {
      await found.findAll('li a')[index]!.trigger('click')
      await flushPromises()
      return isTaken
    }
    expect(await press(1)).toBe(false)
    expect(opened).not.toHaveBeenCalled()
    read.mockResolvedValueOnce({ data: photo('med_1', { files: file('https://x/new', '2999-01-01T00:00:00Z') }) } as never)
    expect(await press(0)).toBe(true)
    expect(read).toHaveBeenLastCalledWith('/v1/media/{id}', { params: { path: { id: 'med_1' } } })
    expect(replace).toHaveBeenCalledWith('https://x/new')
    expect(await press(0)).toBe(false)
  })
  it('say why they could not be opened', async () => {
    const { found, read } = await page([photo('med_1', { files: [{ name: 'full', url: 'https://x/old', expires_at: '2026-11-20T09:05:00Z' }] })])
    const close = vi.fn()
    vi.spyOn(window, 'open').mockReturnValue({ close } as never)
    read.mockRejectedValueOnce(new Error('There is no such photo.'))
    await found.get('li a').trigger('click')
    await flushPromises()
    expect(found.get('[role=alert]').text()).toContain('There is no such photo.')
    expect(close).toHaveBeenCalled()
  })
})
