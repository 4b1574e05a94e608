import { computed, onMounted, onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '../../session/api'
import { dataOf } from '../../support/dataOf'
import { explain, problemOf } from '../../support/explain'
import type { Schemas } from '../../support/schemas'

type Message = Schemas['MessageView']

/** A message that has not been acknowledged yet. It keeps its `client_id` over all tries, so it is stored once. */
export interface Outgoing {
  client_id: string
  text: string
  media_ids: string[]
  /** Why it was refused; it waits to be changed or discarded then. */
  refusal: string | null
  tries: number
}

const PAGE = 50
const LONGEST_WAIT_MS = 20_000
const REPEAT_MS = 3_000

/**
 * One conversation: its messages without a gap, and what goes out one after the other.
 *
 * Numbers have no gaps, so whatever was missed is found by asking for what comes after the last one that is here.
 */
export function useConversation(id: string) {
  const conversation = shallowRef<Schemas['ConversationView'] | null>(null)
  const messages = shallowRef<Message[]>([])
  const outgoing = ref<Outgoing[]>([])
  const error = shallowRef<unknown>(null)
  const isWaiting = ref(false)
  const hasOlder = computed(() => (messages.value[0]?.seq ?? 1) > 1)
  const lastSeq = computed(() => messages.value.at(-1)?.seq ?? 0)
  const path = { conversation_id: id }
  let isGone = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let isSending = false
  let isReading: Promise<void> | null = null

  function take(found: Message[]): void {
    const bySeq = new Map(messages.value.map((each) => [each.seq, each]))
    for (const each of found) bySeq.set(each.seq, each)
    messages.value = [...bySeq.values()].sort((one, other) => one.seq - other.seq)
    const arrived = new Set(found.map((each) => each.client_id))
    outgoing.value = outgoing.value.filter((each) => !arrived.has(each.client_id))
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
    const page = await dataOf(
      api.GET('/v1/conversations/{conversation_id}/messages', { params: { path, query: { before_seq: first, limit: PAGE } } }),
    )
    take(page.items)
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

  function send(text: string, mediaIds: string[]): void {
    outgoing.value.push({ client_id: crypto.randomUUID(), text, media_ids: mediaIds, refusal: null, tries: 0 })
    void sendNext()
  }

  /** The next one goes out after the one before was answered, for two at once may change places. */
  async function sendNext(): Promise<void> {
    const first = outgoing.value.find((each) => each.refusal === null)
    if (!first || isSending || isGone) return
    isSending = true
    try {
      const { client_id, text, media_ids } = first
      const stored = await dataOf(
        api.POST('/v1/conversations/{conversation_id}/messages', { params: { path }, body: { client_id, text, media_ids } }),
      )
      isWaiting.value = false
      outgoing.value = outgoing.value.filter((each) => each.client_id !== client_id)
      if (stored.seq === lastSeq.value + 1) take([stored])
      else void refresh()
    } catch (reason) {
      const status = problemOf(reason)?.status
      if (status && status < 500 && status !== 429) first.refusal = explain(reason).text
      else {
        first.tries += 1
        isWaiting.value = true
        timer = setTimeout(() => void sendNext(), Math.random() * Math.min(LONGEST_WAIT_MS, 1000 * 2 ** first.tries))
        return
      }
    } finally {
      isSending = false
    }
    void sendNext()
  }

  const discard = (clientId: string) => {
    outgoing.value = outgoing.value.filter((each) => each.client_id !== clientId)
  }
  const retryNow = () => {
    clearTimeout(timer)
    void sendNext()
    void refresh()
  }
  const onVisible = () => document.visibilityState === 'visible' && void refresh()
  onMounted(() => {
    void begin()
    addEventListener('online', retryNow)
    document.addEventListener('visibilitychange', onVisible)
  })
  onScopeDispose(() => {
    isGone = true
    clearTimeout(timer)
    removeEventListener('online', retryNow)
    document.removeEventListener('visibilitychange', onVisible)
  })
  return { conversation, messages, outgoing, error, isWaiting, hasOlder, begin, refresh, loadOlder, send, discard }
}
