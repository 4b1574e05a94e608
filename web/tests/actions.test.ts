import { describe, expect, it } from 'vitest'
import { askingWords, asksForInput, DEFAULT_ACTION_UI, useBookingActions, type Action } from '../src/bookings/useBookingActions'

const action = (name: string, more: Partial<Action> = {}): Action => ({ action_name: name, button_label: name, note: '', is_critical: false, input_schema: null, ...more })

describe('useBookingActions', () => {
  it('shows an action that nobody has heard of with the default look', () => {
    const [shown] = useBookingActions([action('brand_new')]).value
    expect(shown?.ui).toEqual(DEFAULT_ACTION_UI)
    expect(shown?.mustConfirm).toBe(false)
  })
  it('always asks before what is critical, and puts it last', () => {
    const shown = useBookingActions([action('unheard_of', { is_critical: true }), action('accept'), action('cancel', { is_critical: true })]).value
    expect(shown.map((each) => each.action_name)).toEqual(['accept', 'unheard_of', 'cancel'])
    expect(shown.map((each) => each.mustConfirm)).toEqual([false, true, true])
    expect(shown[1]?.ui.variant).toBe('btn-critical')
  })
  it('says what something leads to before it is done, not that it was done', () => {
    const [known, unknown] = useBookingActions([action('resolve', { note: 'An operator decided the dispute.' }), action('unheard_of', { note: 'Somebody did it.' })]).value
    expect(known && askingWords(known)).toContain('goes back to the customer')
    expect(unknown && askingWords(unknown)).toBe('Somebody did it.')
  })
  it('holds nobody up for a note that may be left out, nor for a fee that was shown', () => {
    expect(asksForInput({ properties: { note: {}, accepted_fee: {} } })).toBe(false)
    expect(asksForInput({ properties: { note: {} }, required: ['note'] })).toBe(true)
    expect(asksForInput({ properties: { code: {} } })).toBe(true)
  })
})
