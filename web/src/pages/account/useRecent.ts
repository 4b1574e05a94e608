import { ref } from 'vue'
import { codeOf } from '../../support/explain'

/** Work that needs a recent sign-in: it is tried, the password is asked for where it must be, and it is tried again. */
const asking = ref<(() => Promise<void>) | null>(null)

/** Run something; where the sign-in is too old, keep it until the password was given. */
export async function recently(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (codeOf(error) !== 'recent_sign_in_required') throw error
    asking.value = work
  }
}

export const recentWork = asking
