import { ref, watch, type Ref } from 'vue'

/**
 * Whether what a page is about has been painted.
 *
 * What is further down, or beside it, is drawn and read after that: a browser paints nothing before all that is drawn at once is.
 * @param isReady tells when there is something to paint, which may be why there is nothing else.
 */
export function useShown(isReady: () => boolean): Ref<boolean> {
  const isShown = ref(false)
  watch(
    isReady,
    (now) => {
      if (!now) return
      // A frame begins with its callbacks, and is painted before the next task. Behind other windows there are no frames.
      const show = (): void => void setTimeout(() => (isShown.value = true))
      if (document.visibilityState === 'visible') requestAnimationFrame(show)
      else show()
    },
    { immediate: true },
  )
  return isShown
}
