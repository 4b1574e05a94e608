import { beforeEach, describe, expect, it } from 'vitest'
import { recently, recentWork } from '../src/pages/account/useRecent'

const refusal = (code: string) => ({ problem: { code, status: 403 } })

describe('work that needs a recent sign-in', () => {
  beforeEach(() => (recentWork.value = null))
  it('says what was refused after the password was given', async () => {
    const answers = [refusal('recent_sign_in_required'), refusal('bookings_open')]
    const work = recently(() => Promise.reject(answers.shift() as unknown as Error))
    await expect.poll(() => recentWork.value).not.toBeNull()
    await recentWork.value?.run()
    await expect(work).rejects.toEqual(refusal('bookings_open'))
  })
  it('ends quietly where the password is not given', async () => {
    let tries = 0
    const work = recently(() => Promise.reject(++tries && (refusal('recent_sign_in_required') as unknown as Error)))
    await expect.poll(() => recentWork.value).not.toBeNull()
    recentWork.value?.leave()
    await work
    expect(tries).toBe(1)
  })
})
