import type { Gigsta } from './client.ts'
import type { StreamEventView } from './generated/schema.ts'
import { ApiError } from './problem.ts'
import { Stream, type Standing } from './stream.ts'

/** A message that is on its way. */
export interface OutgoingMessage {
  conversation_id: string
  /** Keeps it one message however often it is sent; made where it is left out. */
  client_id?: string
  text?: string
  media_ids?: string[]
}

type Queued = OutgoingMessage & { client_id: string }

/** What the server said to a frame; a message's refusal has its `client_id`. */
export interface Refusal {
  code: string
  detail: string
  client_id?: string | null
  retry_after?: number | null
}

/** What a page does with what comes. */
export interface RealtimeHandlers {
  /** Something happened: in order, once. Fetch what `ids` name. */
  event?: (event: StreamEventView) => void
  /** More was missed than is kept: go on showing what is shown, and load it anew. */
  resync?: () => void
  /** Events come from now on, at once or over HTTP: what was read before may be old. */
  begun?: () => void
  /** Whether events come at once; otherwise they come over HTTP, every few seconds. */
  connection?: (isLive: boolean) => void
  /** The other party writes. */
  typing?: (who: { conversation_id: string; role: string }) => void
  /** A message is stored, under this number of its conversation. */
  sent?: (message: Queued, seq: number) => void
  /** A message was refused, and will not be sent again. */
  refused?: (message: Queued, why: Refusal) => void
}

/** The frames that come; see docs/realtime.md. */
type Frame =
  | { type: 'events'; epoch: string; events: StreamEventView[] }
  | ({ type: 'subscribed' | 'resync' | 'pong' } & Standing)
  | { type: 'ack'; client_id: string; seq: number }
  | { type: 'typing'; conversation_id: string; role: string }
  | ({ type: 'error' } & Refusal)

const SECOND = 1000
const GAP = 0.3 * SECOND
const UNANSWERED = 10 * SECOND
const LONGEST_WAIT = 30 * SECOND
const REPLAY = [5 * SECOND, 30 * SECOND] as const
const PING = 240 * SECOND
const RENEW = [105 * 60 * SECOND, 115 * 60 * SECOND] as const

const between = ([low, high]: readonly [number, number]) => low + Math.random() * (high - low)

type Timer = 'answer' | 'connect' | 'gap' | 'ping' | 'renew' | 'replay' | 'message'

/** What happens to the signed-in person, in order and once; and messages, sent until they are stored. */
export class Realtime {
  readonly #gigsta: Gigsta
  readonly #on: RealtimeHandlers
  readonly #stream: Stream
  readonly #timers = new Map<Timer, ReturnType<typeof setTimeout>>()
  readonly #waiting: Queued[] = []
  #socket: WebSocket | null = null
  /** The ticket that is waited for. */
  #asking: object | null = null
  #isLive = false
  #running: AbortController | null = null
  #failures = 0
  #asked = 0

  constructor(gigsta: Gigsta, handlers: RealtimeHandlers) {
    this.#gigsta = gigsta
    this.#on = handlers
    this.#stream = new Stream((event) => this.#on.event?.(event))
  }

  /** Whether events come at once. */
  get isLive(): boolean {
    return this.#isLive
  }

  /**
   * Connect, and stay connected until `stop`. Without a sign-in it waits for one.
   * @throws TypeError where there is no `WebSocket`, as in Node before 22.
   */
  start(): void {
    if (typeof WebSocket === 'undefined') throw new TypeError('Realtime needs a WebSocket: a browser, or Node 22.')
    if (this.#running) return
    this.#running = new AbortController()
    const { signal } = this.#running
    signal.addEventListener('abort', this.#gigsta.session.subscribe((isIn) => (isIn ? this.#wake() : this.#forget())))
    if (typeof document !== 'undefined') {
      addEventListener('online', () => this.#wake(), { signal })
      addEventListener('offline', () => this.#drop(), { signal })
      // Phones put sleeping pages' sockets away without a word.
      document.addEventListener('visibilitychange', () => document.hidden || this.#ask(), { signal })
    }
    this.#wake()
  }

  /** Disconnect; messages that are not stored yet are given up. */
  stop(): void {
    this.#running?.abort()
    this.#running = null
    this.#forget()
  }

  /** Send a message after those before it, again and again until it is stored or refused; returns its `client_id`. */
  send(message: OutgoingMessage): string {
    const queued = { ...message, client_id: message.client_id ?? crypto.randomUUID() }
    this.#waiting.push(queued)
    if (this.#waiting.length === 1) void this.#sendFirst()
    return queued.client_id
  }

  /** Tell the other party that the person writes; more often than every 3 seconds does nothing. */
  typing(conversationId: string): void {
    if (this.#isLive) this.#action({ action: 'typing', conversation_id: conversationId })
  }

  #after(name: Timer, milliseconds: number, run: () => void): void {
    clearTimeout(this.#timers.get(name))
    this.#timers.set(name, setTimeout(() => (this.#timers.delete(name), run()), milliseconds))
  }

  #cancel(...names: Timer[]): void {
    for (const name of names) {
      clearTimeout(this.#timers.get(name))
      this.#timers.delete(name)
    }
  }

  #action(frame: object): void {
    this.#socket?.send(JSON.stringify(frame))
  }

  #wake(): void {
    if (this.#running && this.#socket === null && this.#asking === null && this.#gigsta.session.isSignedIn) void this.#connect()
  }

  /** Another person may come next: nothing of this one is kept. */
  #forget(): void {
    const dead = this.#socket
    this.#socket = null
    this.#asking = null
    dead?.close()
    this.#setLive(false)
    this.#cancel(...this.#timers.keys())
    this.#waiting.length = 0
    this.#stream.begin({ epoch: null, seq: 0 })
  }

  async #connect(): Promise<void> {
    this.#cancel('connect')
    const asking = (this.#asking = {})
    try {
      const { data } = await this.#gigsta.POST('/v1/realtime/tickets')
      if (this.#asking !== asking) return
      const socket = new WebSocket(`${data.url}?ticket=${data.ticket}`)
      this.#socket = socket
      this.#asking = null
      this.#expectAnswer()
      socket.onopen = () => socket === this.#socket && this.#subscribe()
      socket.onmessage = ({ data: text }) => socket === this.#socket && this.#take(JSON.parse(String(text)) as Frame)
      socket.onclose = () => socket === this.#socket && this.#lost()
    } catch (error) {
      if (this.#asking !== asking) return
      this.#asking = null
      if (!(error instanceof ApiError && error.status === 401)) this.#lost()
    }
  }

  #subscribe(): void {
    this.#action({ action: 'subscribe', ...this.#stream.since })
    this.#expectAnswer()
  }

  /** Something was asked: a socket that says nothing for a while is dead, however open it looks. */
  #expectAnswer(): void {
    this.#after('answer', UNANSWERED, () => this.#drop())
  }

  /** Give up a socket that may be dead: closing alone would wait for an answer from the other end. */
  #drop(): void {
    const dead = this.#socket
    if (dead === null) return
    this.#socket = null
    dead.close()
    this.#lost()
  }

  /** Wait a random time before the next try, longer after each failure, and replay over HTTP meanwhile. */
  #lost(): void {
    this.#socket = null
    this.#setLive(false)
    this.#cancel('answer', 'gap', 'ping', 'renew', 'message')
    if (!this.#running) return
    this.#after('connect', Math.random() * Math.min(LONGEST_WAIT, SECOND * 2 ** this.#failures), () => this.#wake())
    this.#failures += 1
    this.#replaySoon()
  }

  /** Replay over HTTP in a while; sockets that come and go meanwhile do not put it off. */
  #replaySoon(): void {
    if (!this.#timers.has('replay')) this.#after('replay', between(REPLAY), () => void this.#replay())
  }

  async #replay(): Promise<void> {
    if (this.#isLive) return
    try {
      const { data } = await this.#gigsta.GET('/v1/realtime/events', { params: { query: this.#stream.since } })
      if (data.resync || this.#stream.epoch === null) this.#begin(data)
      this.#takeEvents(data.epoch, data.events)
      await this.#sendFirst()
    } catch {
      // The next turn may do better.
    }
    if (this.#running && !this.#isLive) this.#replaySoon()
  }

  #take(frame: Frame): void {
    this.#cancel('answer')
    switch (frame.type) {
      case 'events':
        return this.#takeEvents(frame.epoch, frame.events)
      case 'resync':
        return this.#begin(frame)
      case 'subscribed':
        return this.#subscribed(frame)
      case 'pong':
        return this.#hear(frame)
      case 'ack':
        return this.#stored(frame.client_id, frame.seq)
      case 'typing':
        return this.#on.typing?.(frame)
      case 'error':
        if (frame.client_id) this.#refused(frame.client_id, frame)
    }
  }

  #subscribed(standing: Standing): void {
    if (this.#stream.epoch !== standing.epoch) this.#begin(standing)
    this.#failures = 0
    this.#setLive(true)
    this.#hear(standing)
    this.#cancel('replay')
    this.#pingLater()
    this.#after('renew', between(RENEW), () => this.#drop())
    void this.#sendFirst()
  }

  #pingLater(): void {
    this.#after('ping', PING, () => this.#ask())
  }

  /** Ask whether the other end is there, and where the stream stands. */
  #ask(): void {
    if (!this.#isLive) return
    this.#action({ action: 'ping' })
    this.#expectAnswer()
    this.#pingLater()
  }

  #setLive(isLive: boolean): void {
    if (this.#isLive === isLive) return
    this.#isLive = isLive
    this.#on.connection?.(isLive)
  }

  #begin(standing: Standing): void {
    const hasMissed = this.#stream.epoch !== null
    this.#stream.begin(standing)
    if (hasMissed) this.#on.resync?.()
    else this.#on.begun?.()
  }

  #takeEvents(epoch: string, events: StreamEventView[]): void {
    if (this.#stream.take(epoch, events)) this.#asked = 0
    this.#askForMissing()
  }

  #hear(standing: Standing): void {
    this.#stream.hear(standing)
    this.#askForMissing()
  }

  /** Ask again for what is older than a moment and has not come; ever later while it does not come. */
  #askForMissing(): void {
    if (!this.#stream.hasGap || this.#timers.has('gap')) return
    this.#after('gap', Math.min(LONGEST_WAIT, GAP * 2 ** this.#asked), () => {
      if (!this.#stream.hasGap || !this.#isLive) return
      this.#asked += 1
      this.#subscribe()
    })
  }

  async #sendFirst(): Promise<void> {
    const first = this.#waiting[0]
    if (first === undefined) return
    if (this.#isLive) {
      this.#action({ action: 'message', ...first })
      // It goes out again over HTTP or the next socket; its client_id keeps it one message.
      this.#after('message', UNANSWERED, () => this.#drop())
      return
    }
    const { conversation_id, ...body } = first
    try {
      const { data } = await this.#gigsta.POST('/v1/conversations/{conversation_id}/messages', { params: { path: { conversation_id } }, body })
      this.#stored(first.client_id, data.seq)
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) {
        const retry_after = Number(error.response.headers.get('retry-after'))
        this.#refused(first.client_id, { code: error.code, detail: error.message, retry_after })
      }
    }
  }

  #stored(clientId: string, seq: number): void {
    const message = this.#settle(clientId)
    if (message) this.#on.sent?.(message, seq)
  }

  #refused(clientId: string, why: Refusal): void {
    if (why.retry_after) return this.#after('message', why.retry_after * SECOND, () => void this.#sendFirst())
    const message = this.#settle(clientId)
    if (message) this.#on.refused?.(message, why)
  }

  /** Take the first message from those that wait, if it is the one that is spoken of, and go on with the next. */
  #settle(clientId: string): Queued | undefined {
    if (this.#waiting[0]?.client_id !== clientId) return undefined
    this.#cancel('message')
    const settled = this.#waiting.shift()
    void this.#sendFirst()
    return settled
  }
}
