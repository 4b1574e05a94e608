import { describe, expect, it } from 'vitest'
import { useRepeatKey } from '../src/support/useRepeatKey'

describe('useRepeatKey', () => {
  it('keeps the key of a wish, and gives another wish another one, of the same length or not', () => {
    const keyOf = useRepeatKey()
    const first = keyOf({ title: 'Hedge' })
    expect(keyOf({ title: 'Hedge' })).toBe(first)
    const second = keyOf({ title: 'Fence' })
    expect(second).not.toBe(first)
    expect(keyOf({ title: 'Hedge' })).not.toBe(second)
  })
})
