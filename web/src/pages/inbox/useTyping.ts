import { onScopeDispose, ref } from 'vue'
import { liveStream, useLiveFrames } from '../../session/live'

const SHOWN_MS = 5_000
const SAID_EVERY_MS = 3_000

/** Whether the other party writes, and a way to say that one writes oneself. */
export function useTyping(conversationId: string) {
  const otherIsTyping = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let said = 0
  useLiveFrames({
    typing: ({ conversation_id }) => {
      if (conversation_id !== conversationId) return
      otherIsTyping.value = true
      clearTimeout(timer)
      timer = setTimeout(() => (otherIsTyping.value = false), SHOWN_MS)
    },
  })
  onScopeDispose(() => clearTimeout(timer))
  function say(): void {
    if (Date.now() - said < SAID_EVERY_MS) return
    said = Date.now()
    void liveStream().then((stream) => stream.typing(conversationId))
  }
  return { otherIsTyping, say }
}
