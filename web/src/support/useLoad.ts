import { onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

/** What a page shows: nothing yet (draw the shape of it), the thing, or why there is none. */
export interface Loaded<T> {
  data: ShallowRef<T | null>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  /** Read again; what is shown stays until the new answer is there. */
  reload: () => Promise<void>
}

/**
 * Read something when the page opens.
 *
 * Answers that were overtaken by a later read are dropped, so an old one never covers a new one. What is read in several
 * steps is given `first`: it shows what is known already where nothing is shown yet.
 */
export function useLoad<T>(read: (first: (known: T) => void) => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = ref(true)
  let latest = 0
  const first = (known: T): void => void (data.value ??= known)
  async function reload(): Promise<void> {
    const turn = ++latest
    loading.value = true
    try {
      const found = await read(first)
      if (turn !== latest) return
      data.value = found
      error.value = null
    } catch (reason) {
      if (turn === latest) error.value = reason
    } finally {
      if (turn === latest) loading.value = false
    }
  }
  onMounted(reload)
  return { data, error, loading, reload }
}
