import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

/** A form's sending: one at a time, with what was refused. */
export interface Saving {
  error: ShallowRef<unknown>
  isBusy: Ref<boolean>
  /** Whether the last one went through; until the next is tried. */
  isDone: Ref<boolean>
  /** Do it; true where it went through. */
  save: (work: () => Promise<unknown>) => Promise<boolean>
}

/** State of something that a button sends. */
export function useSaving(): Saving {
  const error = shallowRef<unknown>(null)
  const isBusy = ref(false)
  const isDone = ref(false)
  async function save(work: () => Promise<unknown>): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    isDone.value = false
    error.value = null
    try {
      await work()
      isDone.value = true
    } catch (reason) {
      error.value = reason
    } finally {
      isBusy.value = false
    }
    return isDone.value
  }
  return { error, isBusy, isDone, save }
}
