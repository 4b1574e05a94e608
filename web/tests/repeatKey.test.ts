import { describe, expect, it } from 'vitest'
import { useRepeatKey } from '../src/support/useRepeatKey'

const refused = (status: number, code: string): Error => Object.assign(new Error(code), { problem: { status, code } })

describe('useRepeatKey', () => {
  const once = useRepeatKey()
  /** The key that a wish is sent under, and what becomes of it. */
  async function sent(title: string, failure?: unknown): Promise<string> {
    let used = ''
    await once({ title }, (key) => {
      used = key
      return failure === undefined ? Promise.resolve() : Promise.reject(failure as Error)
    }).catch((reason: unknown) => expect(reason).toBe(failure))
    return used
  }
  it('keeps the key of a wish, and gives another wish another one, of the same length or not', async () => {
    const first = await sent('Hedge')
    expect(await sent('Hedge')).toBe(first)
    const second = await sent('Fence')
    expect(second).not.toBe(first)
    expect(await sent('Hedge')).not.toBe(second)
  })
  it('keeps it where nobody knows whether it was done', async () => {
    const key = await sent('Hedge', new TypeError('lost'))
    expect(await sent('Hedge', refused(503, 'unavailable'))).toBe(key)
    expect(await sent('Hedge', refused(409, 'idempotency_in_flight'))).toBe(key)
    expect(await sent('Hedge')).toBe(key)
  })
  it('takes another one after a refusal, which the server would only repeat', async () => {
    const key = await sent('Hedge', refused(409, 'profile_incomplete'))
    const again = await sent('Hedge', refused(402, 'card_declined'))
    expect(again).not.toBe(key)
    expect(await sent('Hedge')).not.toBe(again)
  })
})
