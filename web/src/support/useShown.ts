import { ref, watch, type Ref } from 'vue'
import { painted } from '../early/soon'

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
      if (now) void painted().then(() => (isShown.value = true))
    },
    { immediate: true },
  )
  return isShown
}
