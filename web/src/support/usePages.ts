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
}

/** Read a list page by page; `reload` begins anew and keeps what is shown until the first page is there. */
export function usePages<T>(read: (cursor: string | undefined) => Promise<PageOf<T>>): Paged<T> {
  const items = shallowRef<T[]>([])
  const error = shallowRef<unknown>(null)
  const loading = ref(true)
  const next = ref<string | null>(null)
  let latest = 0
  async function take(cursor: string | undefined): Promise<void> {
    const turn = ++latest
    loading.value = true
    try {
      const page = await read(cursor)
      if (turn !== latest) return
      items.value = cursor ? [...items.value, ...page.items] : page.items
      next.value = page.next_cursor ?? null
      error.value = null
    } catch (reason) {
      if (turn === latest) error.value = reason
    } finally {
      if (turn === latest) loading.value = false
    }
  }
  const reload = () => take(undefined)
  onMounted(reload)
  return {
    items,
    error,
    loading,
    isEmpty: computed(() => !loading.value && !error.value && items.value.length === 0),
    hasMore: computed(() => next.value !== null),
    more: () => (next.value && !loading.value ? take(next.value) : Promise.resolve()),
    reload,
  }
}
