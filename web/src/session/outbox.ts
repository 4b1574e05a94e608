import { reactive, ref, watch } from 'vue'
import { dataOf } from '../support/dataOf'
import { explain, problemOf } from '../support/explain'
import type { Schemas } from '../support/schemas'
import { api, kept } from './api'
import { OUTBOX, useSession } from './session'

/**
 * Messages on their way, by conversation. They go on when the page that they were written on is left, and after a reload;
 * they end with the sign-in, and only who wrote them sends them.
 */

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

/** What goes out in one conversation, one after the other. */
export interface Outbox {
  outgoing: Outgoing[]
  /** Whether the last try was lost on its way. */
  isWaiting: boolean
}

interface Sending {
  isSending: boolean
  timer?: ReturnType<typeof setTimeout>
  /** Who shows the conversation, and takes what was stored. */
  showing: Set<(stored: Message) => void>
}

const LONGEST_WAIT_MS = 20_000
const boxes = reactive(new Map<string, Outbox>())
const sendings = new Map<string, Sending>()
/** Who wrote them; null until it is known. */
const owner = ref<string | null>(null)

/** What another person left is neither shown nor sent. */
function dropForeign(): void {
  const { user } = useSession()
  if (user && owner.value && owner.value !== user.id) drop()
}

/** What waits in a conversation. */
export function outboxOf(id: string): Outbox {
  dropForeign()
  if (!boxes.has(id)) boxes.set(id, { outgoing: [], isWaiting: false })
  return boxes.get(id) as Outbox
}

function sendingOf(id: string): Sending {
  const found = sendings.get(id) ?? { isSending: false, showing: new Set() }
  sendings.set(id, found)
  return found
}

/** Be told of what was stored; returns how to stop that. */
export function onStored(id: string, take: (stored: Message) => void): () => void {
  const { showing } = sendingOf(id)
  showing.add(take)
  return () => showing.delete(take)
}

/** Send a message, behind those that wait. */
export function send(id: string, text: string, mediaIds: string[]): void {
  outboxOf(id).outgoing.push({ client_id: crypto.randomUUID(), text, media_ids: mediaIds, refusal: null, tries: 0 })
  void sendNext(id)
}

/** Take messages out: they were stored, or are not to be sent. */
export function takeOut(id: string, clientIds: ReadonlySet<string | null>): void {
  const box = outboxOf(id)
  box.outgoing = box.outgoing.filter((each) => !clientIds.has(each.client_id))
}

/** Whether it is known who sends, and a message is still theirs to be sent. */
async function isTheirs(id: string, message: Outgoing): Promise<boolean> {
  const user = await useSession().load()
  const isStill = outboxOf(id).outgoing.includes(message)
  if (user && isStill) owner.value ??= user.id
  return user !== null && isStill
}

/** The next one goes out after the one before was answered, for two at once may change places. */
async function sendNext(id: string): Promise<void> {
  const [box, sending] = [outboxOf(id), sendingOf(id)]
  const first = box.outgoing.find((each) => each.refusal === null)
  if (!first || sending.isSending) return
  clearTimeout(sending.timer)
  sending.isSending = true
  try {
    if (!(await isTheirs(id, first))) return
    const { client_id, text, media_ids } = first
    const request = { params: { path: { conversation_id: id } }, body: { client_id, text, media_ids } }
    const stored = await dataOf(api.POST('/v1/conversations/{conversation_id}/messages', request))
    box.isWaiting = false
    takeOut(id, new Set([client_id]))
    sending.showing.forEach((take) => take(stored))
  } catch (reason) {
    const status = problemOf(reason)?.status
    if (status && status < 500 && status !== 429) first.refusal = explain(reason).text
    else {
      first.tries += 1
      box.isWaiting = true
      sending.timer = setTimeout(() => void sendNext(id), Math.random() * Math.min(LONGEST_WAIT_MS, 1000 * 2 ** first.tries))
      return
    }
  } finally {
    sending.isSending = false
  }
  void sendNext(id)
}

/** Try all at once, as when the connection is back. */
function sendAll(): void {
  for (const id of boxes.keys()) void sendNext(id)
}

function drop(): void {
  for (const { timer } of sendings.values()) clearTimeout(timer)
  for (const box of boxes.values()) Object.assign(box, { outgoing: [], isWaiting: false })
  owner.value = null
}

interface Kept {
  owner: string
  waiting: [id: string, outgoing: Outgoing[]][]
}

/** Go on with what waited when this tab was read anew. */
function goOn(): void {
  try {
    const found = JSON.parse(sessionStorage.getItem(OUTBOX) ?? 'null') as Kept | null
    if (!found || !kept.isSignedIn) return
    owner.value = found.owner
    for (const [id, outgoing] of found.waiting) outboxOf(id).outgoing = outgoing
    sendAll()
  } catch {
    // Spoilt, or of a browser that keeps nothing.
  }
}

goOn()
watch(
  [boxes, owner],
  () => {
    const waiting = [...boxes].flatMap(([id, { outgoing }]) => (outgoing.length ? [[id, outgoing]] : []))
    try {
      if (waiting.length && owner.value) sessionStorage.setItem(OUTBOX, JSON.stringify({ owner: owner.value, waiting }))
      else sessionStorage.removeItem(OUTBOX)
    } catch {
      // A browser that keeps nothing: they are sent as long as the app is open.
    }
  },
  { deep: true, flush: 'sync', immediate: true },
)
kept.subscribe((isIn) => isIn || drop())
addEventListener('online', sendAll)
