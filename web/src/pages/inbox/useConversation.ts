import { computed, onMounted, onScopeDispose, shallowRef } from 'vue'
import { api } from '../../session/api'
import { onStored, outboxOf, send as sendIn, takeOut } from '../../session/outbox'
import { dataOf } from '../../support/dataOf'
import { problemOf } from '../../support/explain'
import type { Schemas } from '../../support/schemas'

type Message = Schemas['MessageView']

const PAGE = 50
const REPEAT_MS = 3_000

/**
 * One conversation: its messages without a gap, and what goes out, which does not end with the page.
 *
 * Numbers have no gaps, so whatever was missed is found by asking for what comes after the last one that is here.
 */
export function useConversation(id: string) {
  const conversation = shallowRef<Schemas['ConversationView'] | null>(null)
  const messages = shallowRef<Message[]>([])
  const outbox = outboxOf(id)
  const error = shallowRef<unknown>(null)
  /** Why earlier messages could not be read. */
  const olderError = shallowRef<unknown>(null)
  const hasOlder = computed(() => (messages.value[0]?.seq ?? 1) > 1)
  const lastSeq = computed(() => messages.value.at(-1)?.seq ?? 0)
  const path = { conversation_id: id }
  let isGone = false
  let isReading: Promise<void> | null = null

  function take(found: Message[]): void {
    const bySeq = new Map(messages.value.map((each) => [each.seq, each]))
    for (const each of found) bySeq.set(each.seq, each)
    messages.value = [...bySeq.values()].sort((one, other) => one.seq - other.seq)
    takeOut(id, new Set(found.map((each) => each.client_id)))
  }

  const loadConversation = async () => {
    conversation.value = await dataOf(api.GET('/v1/conversations/{conversation_id}', { params: { path } }))
  }

  /** Read what is newer than what is here, until nothing is missing. */
  async function readNew(): Promise<void> {
    for (;;) {
      const page = await dataOf(
        api.GET('/v1/conversations/{conversation_id}/messages', { params: { path, query: { after_seq: lastSeq.value, limit: PAGE } } }),
      )
      take(page.items)
      if (!page.items.length || lastSeq.value >= page.last_seq) return
    }
  }

  /** One reading at a time; a failed one says so and is made again. */
  function refresh(): Promise<void> {
    isReading ??= (async () => {
      try {
        await readNew()
        await loadConversation()
        error.value = null
        await markRead()
      } catch (reason) {
        error.value = reason
        if (!isGone && (problemOf(reason)?.status ?? 500) >= 500) setTimeout(() => !isGone && refresh(), REPEAT_MS)
      } finally {
        isReading = null
      }
    })()
    return isReading
  }

  async function begin(): Promise<void> {
    try {
      await loadConversation()
      const last = conversation.value?.last_seq ?? 0
      if (last > 0) {
        const page = await dataOf(
          api.GET('/v1/conversations/{conversation_id}/messages', { params: { path, query: { before_seq: last + 1, limit: PAGE } } }),
        )
        take(page.items)
      }
      error.value = null
      await markRead()
    } catch (reason) {
      error.value = reason
    }
  }

  async function loadOlder(): Promise<void> {
    const first = messages.value[0]?.seq ?? 1
    if (first <= 1) return
    olderError.value = null
    try {
      const page = await dataOf(
        api.GET('/v1/conversations/{conversation_id}/messages', { params: { path, query: { before_seq: first, limit: PAGE } } }),
      )
      take(page.items)
    } catch (reason) {
      olderError.value = reason
    }
  }

  /** Read a message anew, whose photos' addresses have ended. */
  async function readAgain(seq: number): Promise<Message | undefined> {
    const page = await dataOf(
      api.GET('/v1/conversations/{conversation_id}/messages', { params: { path, query: { after_seq: seq - 1, limit: 1 } } }),
    )
    take(page.items)
    return page.items[0]
  }

  /** Say what was on the screen; a tab that nobody looks at has shown nothing. */
  async function markRead(): Promise<void> {
    const known = conversation.value
    if (document.visibilityState !== 'visible' || !known || lastSeq.value <= known.read_seq) return
    const read = await dataOf(
      api.POST('/v1/conversations/{conversation_id}/read', { params: { path }, body: { seq: lastSeq.value } }),
    )
    conversation.value = { ...known, read_seq: read.read_seq, unread_count: read.unread_count }
  }

  const send = (text: string, mediaIds: string[]) => sendIn(id, text, mediaIds)
  const discard = (clientId: string) => takeOut(id, new Set([clientId]))
  const stopHearing = onStored(id, (stored) => {
    if (stored.seq === lastSeq.value + 1) take([stored])
    else void refresh()
  })
  const onVisible = () => document.visibilityState === 'visible' && void refresh()
  onMounted(() => {
    void begin()
    addEventListener('online', refresh)
    document.addEventListener('visibilitychange', onVisible)
  })
  onScopeDispose(() => {
    isGone = true
    stopHearing()
    removeEventListener('online', refresh)
    document.removeEventListener('visibilitychange', onVisible)
  })
  return { conversation, messages, outbox, error, olderError, hasOlder, begin, refresh, loadOlder, readAgain, send, discard }
}
