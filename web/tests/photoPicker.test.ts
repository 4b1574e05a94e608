import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { ApiError } from '@gigsta/client'
import { beforeEach, expect, it, vi } from 'vitest'
import common from '@texts/common'
import PhotoPicker from '../src/components/PhotoPicker.vue'

const sent = vi.hoisted(() => [] as string[])
const answers = vi.hoisted(() => [] as (() => Promise<unknown>)[])
vi.mock('@gigsta/client', async (actual) => ({
  ...(await actual<object>()),
  upload: (_api: unknown, file: File) => {
    sent.push(file.name)
    return (answers.shift() ?? (() => Promise.resolve({ id: `med_${file.name}`, state: 'ready' })))()
  },
}))

const lost = (): Promise<never> => Promise.reject(new TypeError('Failed to fetch'))
const refused = (): Promise<never> => {
  const problem = { title: 'Too large', detail: 'A photo has 15 MB at most.', status: 422, code: 'invalid_input' }
  return Promise.reject(new ApiError(problem as never, new Response(null, { status: 422 })))
}

async function choose(picker: VueWrapper, ...names: string[]): Promise<void> {
  const input = picker.find('input').element
  Object.defineProperty(input, 'files', { value: names.map((name) => new File(['x'], name)), configurable: true })
  await picker.find('input').trigger('change')
  await flushPromises()
}
const picked = (): VueWrapper => mount(PhotoPicker, { props: { modelValue: [], purpose: 'report' } })
const last = (picker: VueWrapper, event: string): unknown => picker.emitted(event)?.at(-1)?.[0]

beforeEach(() => {
  sent.length = answers.length = 0
  URL.createObjectURL = () => 'blob:x'
  URL.revokeObjectURL = () => undefined
})

it('keeps a photo that was lost on its way, and sends it again', async () => {
  answers.push(lost)
  const picker = picked()
  await choose(picker, 'a.jpg', 'b.jpg')
  expect(last(picker, 'update:modelValue')).toEqual(['med_b.jpg'])
  expect(last(picker, 'busy')).toBe(false)
  expect(picker.text()).toContain(common.photoLost)
  await picker.get('[role=alert] button').trigger('click')
  await flushPromises()
  expect(sent).toEqual(['a.jpg', 'b.jpg', 'a.jpg'])
  expect(last(picker, 'update:modelValue')).toEqual(['med_a.jpg', 'med_b.jpg'])
  expect(picker.find('[role=alert]').exists()).toBe(false)
})

it('takes out a photo that is refused, and says why', async () => {
  answers.push(refused, () => Promise.resolve({ id: 'med_1', state: 'rejected', rejection: { message: 'This is no photograph.' } }))
  const picker = picked()
  await choose(picker, 'a.jpg')
  expect(picker.get('[role=alert]').text()).toBe('A photo has 15 MB at most.')
  expect(picker.findAll('img')).toHaveLength(0)
  await choose(picker, 'b.jpg')
  expect(picker.get('[role=alert]').text()).toBe('This is no photograph.')
  expect(picker.find('[role=alert] button').exists()).toBe(false)
  expect(picker.findAll('img')).toHaveLength(0)
})

it('tells forms to wait while one is on its way, and no longer where it was taken out', async () => {
  answers.push(() => new Promise(() => undefined))
  const picker = picked()
  await choose(picker, 'a.jpg')
  expect(last(picker, 'busy')).toBe(true)
  await picker.get(`[aria-label="${common.photoRemove('a.jpg')}"]`).trigger('click')
  expect(last(picker, 'busy')).toBe(false)
})
