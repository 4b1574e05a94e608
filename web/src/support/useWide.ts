import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** Whether the window has at least so many pixels. */
export function useWide(pixels: number): Readonly<Ref<boolean>> {
  const query = matchMedia(`(width >= ${pixels}px)`)
  const isWide = ref(query.matches)
  const look = (): void => {
    isWide.value = query.matches
  }
  query.addEventListener('change', look)
  onScopeDispose(() => query.removeEventListener('change', look))
  return readonly(isWide)
}
