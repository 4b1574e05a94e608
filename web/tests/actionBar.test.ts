import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ActionBar from '../src/components/ActionBar.vue'
import t from '@texts/actions'
import type { Action } from '../src/bookings/useBookingActions'

const cancelling = (fee: number): Action => ({
  action_name: 'cancel', button_label: 'Cancel', note: 'Cancelled.', is_critical: true, input_schema: null,
  consequences: { refund: { amount: 8000 - fee, currency: 'nzd' }, fee: { amount: fee, currency: 'nzd' } } as Action['consequences'],
})

describe('a dialog with consequences', () => {
  it('says that they changed when they did, and not when it opens', async () => {
    const bar = mount(ActionBar, { props: { actions: [cancelling(0)], perform: () => Promise.resolve() }, attachTo: document.body })
    await bar.get('button').trigger('click')
    await flushPromises()
    expect(document.body.textContent).toContain(t.ask.cancel)
    expect(document.body.textContent).not.toContain(t.changed)
    await bar.setProps({ actions: [cancelling(4000)] })
    await flushPromises()
    expect(document.body.textContent).toContain(t.changed)
    bar.unmount()
  })
})
