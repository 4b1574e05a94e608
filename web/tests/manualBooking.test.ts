import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import EntryDialog from '../src/pages/provider/EntryDialog.vue'
import ManualBookingForm from '../src/pages/provider/ManualBookingForm.vue'
import { api } from '../src/session/api'
import type { Schemas } from '../src/support/schemas'
import t from '@texts/provider'
import c from '@texts/common'

const manual = {
  id: 'mbk_1', version: 3, service_id: null, title: 'Lawn', start_at: '2026-12-01T20:00:00Z', end_at: '2026-12-01T21:00:00Z', duration_minutes: 60,
  customer_name: 'Aroha Ngata', customer_phone_number: '+64211234567', notes: 'The dog bites.', created_at: '', updated_at: '',
} satisfies Schemas['ManualBookingView']
const path = { manual_booking_id: 'mbk_1' }
const opened = () =>
  mount(EntryDialog, {
    props: { timezone: 'Pacific/Auckland', entry: { id: 'mbk_1', kind: 'manual', start_at: manual.start_at, end_at: manual.end_at, label: 'Lawn · Aroha Ngata', to: null, manual } },
    attachTo: document.body,
  })
const button = (dialog: ReturnType<typeof opened>, text: string) => dialog.findAll('button').find((each) => each.text() === text)

describe('a booking that was entered by hand', () => {
  it('shows what was typed, and asks before it is taken out', async () => {
    const remove = vi.spyOn(api, 'DELETE').mockResolvedValue({} as never)
    const dialog = opened()
    for (const typed of ['Lawn', 'Aroha Ngata', '+64211234567', 'The dog bites.']) expect(dialog.text()).toContain(typed)
    await button(dialog, t.calendar.remove)?.trigger('click')
    expect(dialog.text()).toContain(t.calendar.removeAsk)
    expect(remove).not.toHaveBeenCalled()
    await button(dialog, t.calendar.remove)?.trigger('click')
    await flushPromises()
    expect(remove.mock.lastCall?.[1]).toEqual({ params: { path } })
    expect(dialog.emitted('changed')).toHaveLength(1)
    dialog.unmount()
  })
  it('is changed as it was read, and read again where it was changed elsewhere', async () => {
    const change = vi.spyOn(api, 'PATCH').mockRejectedValueOnce({ problem: { status: 409, code: 'version_conflict', detail: 'It has changed.' } }).mockResolvedValue({} as never)
    vi.spyOn(api, 'GET').mockResolvedValue({ data: { ...manual, version: 4, notes: 'The dog is gone.' } } as never)
    const dialog = opened()
    await button(dialog, t.calendar.change)?.trigger('click')
    await dialog.get('input[type=tel]').setValue('')
    await dialog.get('form').trigger('submit')
    await flushPromises()
    const body = { title: 'Lawn', start_at: manual.start_at, duration_minutes: 60, customer_name: 'Aroha Ngata', customer_phone_number: null, notes: 'The dog bites.', version: 3 }
    expect(change.mock.lastCall).toEqual(['/v1/providers/me/manual-bookings/{manual_booking_id}', { params: { path }, body }])
    await button(dialog, c.retry)?.trigger('click')
    await flushPromises()
    await dialog.get('form').trigger('submit')
    await flushPromises()
    expect(change.mock.lastCall?.[1]).toMatchObject({ body: { notes: 'The dog is gone.', customer_phone_number: '+64211234567', version: 4 } })
    expect(dialog.emitted('changed')).toHaveLength(1)
    dialog.unmount()
  })
})

it('takes as long as its service does, unless something else is typed', async () => {
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: [{ id: 'svc_1', title: 'Hedges', duration_minutes: 180 }], next_cursor: null } } as never)
  const enter = vi.spyOn(api, 'POST').mockResolvedValue({} as never)
  const form = mount(ManualBookingForm, { props: { timezone: 'Pacific/Auckland', date: '2026-12-01' } })
  await flushPromises()
  await form.get('select').setValue('svc_1')
  await form.get('form').trigger('submit')
  await flushPromises()
  expect(enter.mock.lastCall?.[1]).toMatchObject({ body: { service_id: 'svc_1', duration_minutes: 180 } })
  await form.get('input[type=number]').setValue('90')
  await form.get('form').trigger('submit')
  await flushPromises()
  expect(enter.mock.lastCall?.[1]).toMatchObject({ body: { duration_minutes: 90 } })
})
