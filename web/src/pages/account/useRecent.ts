import { shallowRef } from 'vue'
import { codeOf } from '../../support/explain'

/** What waits for the password: run it again, or leave it be. Both end what `recently` answered with. */
interface Waiting {
  run: () => Promise<void>
  leave: () => void
}

/** Work that needs a recent sign-in: it is tried, the password is asked for where it must be, and it is tried again. */
export const recentWork = shallowRef<Waiting | null>(null)

/** Run something; where the sign-in is too old, after the password was given. What it throws then is thrown here, too. */
export async function recently(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (codeOf(error) !== 'recent_sign_in_required') throw error
    await new Promise<void>((done, failed) => {
      recentWork.value = { run: () => work().then(done, failed), leave: done }
    })
  }
}
