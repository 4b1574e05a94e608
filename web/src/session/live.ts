import { onScopeDispose, readonly, ref } from 'vue'
import type { Realtime } from '@gigsta/client/realtime'
import type { Schemas } from '../support/schemas'
import { api, kept } from './api'

/**
 * One realtime stream for the whole page. It opens when it is known who is signed in (`useUnread`), which leaves what a page
 * reads first before it, and survives lost connections; pages say what concerns them and read it again.
 */
export type LiveEvent = Schemas['StreamEventView']
export type LiveKind = LiveEvent['kind']

/** What is said beside events. */
export interface LiveFrames {
  /** The other party writes. */
  typing?: (who: { conversation_id: string; role: string }) => void
}

const isLive = ref(false)
const events = new Set<(event: LiveEvent) => void>()
const resyncs = new Set<() => void>()
const frames = new Set<LiveFrames>()
let opening: Promise<Realtime> | null = null
/** A stream tells what happens after it has begun: what pages read before that is read again. */
let hasBegun = false
const UNBEGUN_MS = 15_000

function readAgain(): void {
  resyncs.forEach((each) => each())
}

/** Whether events come at once; otherwise they come over HTTP, every few seconds. */
export const liveConnection = readonly(isLive)

/** The stream itself, for who sends (messages, typing). */
export function liveStream(): Promise<Realtime> {
  return (opening ??= import('@gigsta/client/realtime').then((client) => {
    const stream = new client.Realtime(api, {
      event: (event) => events.forEach((each) => each(event)),
      resync: readAgain,
      typing: (who) => frames.forEach((each) => each.typing?.(who)),
      begun: () => {
        hasBegun = true
        readAgain()
      },
      connection: (now) => (isLive.value = now),
    })
    stream.start()
    const waiting = setInterval(() => (hasBegun ? clearInterval(waiting) : readAgain()), UNBEGUN_MS)
    return stream
  }))
}

function listen<T>(all: Set<T>, one: T): void {
  all.add(one)
  onScopeDispose(() => all.delete(one))
}

/** Read again when something of a kind happens, or everything may have; `matters` says which events concern the page. */
export function useLive(kind: LiveKind | readonly LiveKind[], reload: () => unknown, matters: (event: LiveEvent) => boolean = () => true): void {
  const kinds = new Set<LiveKind>(typeof kind === 'string' ? [kind] : kind)
  listen(events, (event: LiveEvent) => {
    if (kinds.has(event.kind) && matters(event)) reload()
  })
  listen(resyncs, () => void reload())
}

/** Hear what is no event, such as the other side's typing. */
export function useLiveFrames(take: LiveFrames): void {
  listen(frames, take)
}

// Another person's stream begins anew.
kept.subscribe(() => (hasBegun = false))
