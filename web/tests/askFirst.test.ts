import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import AskFirst from '../src/components/AskFirst.vue'

function asked(work: () => Promise<unknown>) {
  const dialog = mount(AskFirst, { props: { title: 'Remove the card', text: 'It is gone.', label: 'Remove it', work }, attachTo: document.body })
  return { dialog, cancel: dialog.findAll('button').find((each) => each.text() === 'Cancel')! }
}

it('says what will happen, and does it only when told to', async () => {
  const work = vi.fn(() => Promise.resolve())
  const { dialog, cancel } = asked(work)
  expect(dialog.text()).toContain('It is gone.')
  await cancel.trigger('click')
  await flushPromises()
  expect(work).not.toHaveBeenCalled()
  expect(dialog.emitted('close')).toHaveLength(1)
  dialog.unmount()
  const again = asked(work)
  await again.dialog.get('form').trigger('submit')
  await flushPromises()
  expect(work).toHaveBeenCalledOnce()
  expect(again.dialog.emitted('close')).toHaveLength(1)
  again.dialog.unmount()
})

it('stays open with why it was refused', async () => {
  const { dialog } = asked(() => Promise.reject(new Error('It is needed.')))
  await dialog.get('form').trigger('submit')
  await flushPromises()
  expect(dialog.get('[role=alert]').text()).toContain('It is needed.')
  expect(dialog.emitted('close')).toBeUndefined()
  dialog.unmount()
})
