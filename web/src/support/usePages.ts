import { computed, onMounted, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'

/** A page of a list, as every list of the API answers. */
export interface PageOf<T> {
  items: T[]
  next_cursor?: string | null
}

/** A list that goes on at a press of a button. */
export interface Paged<T> {
  items: ShallowRef<T[]>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  isEmpty: ComputedRef<boolean>
  hasMore: ComputedRef<boolean>
  more: () => Promise<void>
  reload: () => Promise<void>
  /** Read again all that is shown: nothing that was unfolded folds. */
  refresh: () => Promise<void>
}

/** Read a list page by page; `reload` begins anew. What is shown stays until it is read. */
export function usePages<T>(read: (cursor: string | undefined) => Promise<PageOf<T>>): Paged<T> {
  const items = shallowRef<T[]>([])
  const error = shallowRef<unknown>(null)
  const loading = ref(true)
  const next = ref<string | null>(null)
  let latest = 0
  let shown = 1
  /** Read `count` pages from a place on, which follow what is `before`. */
  async function take(before: readonly T[], from: string | null, count: number): Promise<boolean> {
    const turn = ++latest
    loading.value = true
    const found = [...before]
    let cursor = from
    try {
      for (let each = 0; each < count && (each === 0 || cursor); each += 1) {
        const page = await read(cursor ?? undefined)
        if (turn !== latest) return false
        found.push(...page.items)
        cursor = page.next_cursor ?? null
      }
      items.value = found
      next.value = cursor
      error.value = null
      return true
    } catch (reason) {
      if (turn === latest) error.value = reason
    } finally {
      if (turn === latest) loading.value = false
    }
    return false
  }
  async function reload(): Promise<void> {
    if (await take([], null, 1)) shown = 1
  }
  async function more(): Promise<void> {
    if (next.value && !loading.value && (await take(items.value, next.value, 1))) shown += 1
  }
  const refresh = async (): Promise<void> => void (await take([], null, shown))
  onMounted(reload)
  return {
    items,
    error,
    loading,
    isEmpty: computed(() => !loading.value && !error.value && items.value.length === 0),
    hasMore: computed(() => next.value !== null),
    more,
    reload,
    refresh,
  }
}
