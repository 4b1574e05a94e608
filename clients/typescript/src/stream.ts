import type { StreamEventView } from './generated/schema.ts'

/** Where a stream stands: its name, and the number of its last event. */
export interface Standing {
  epoch: string
  seq: number
}

/** Puts numbered events into order: each once, none left out, whatever comes twice, late or early. */
export class Stream {
  epoch: string | null = null
  /** The number of the last event that was given on. */
  seen = 0
  /** The highest number that was heard of. */
  known = 0
  readonly #give: (event: StreamEventView) => void
  readonly #early = new Map<number, StreamEventView>()

  constructor(give: (event: StreamEventView) => void) {
    this.#give = give
  }

  get hasGap(): boolean {
    return this.known > this.seen
  }

  /** What to ask for, to get what was missed; who begins has missed nothing. */
  get since(): { epoch?: string; after_seq?: number } {
    return this.epoch === null ? {} : { epoch: this.epoch, after_seq: this.seen }
  }

  /** Begin anew: another stream, or more was missed than is kept. */
  begin({ epoch, seq }: Standing | { epoch: null; seq: 0 }): void {
    this.epoch = epoch
    this.seen = this.known = seq
    this.#early.clear()
  }

  /** Hear where the stream stands: an event that was lost last leaves no gap. */
  hear({ epoch, seq }: Standing): void {
    if (epoch === this.epoch) this.known = Math.max(this.known, seq)
  }

  /** Take events; returns whether there was a new one in order. */
  take(epoch: string, events: readonly StreamEventView[]): boolean {
    if (epoch !== this.epoch) return false
    for (const each of events) {
      this.known = Math.max(this.known, each.seq)
      if (each.seq > this.seen) this.#early.set(each.seq, each)
    }
    const before = this.seen
    for (let next = this.#early.get(this.seen + 1); next; next = this.#early.get(this.seen + 1)) {
      this.seen = next.seq
      this.#early.delete(next.seq)
      this.#give(next)
    }
    return this.seen > before
  }
}
