import type { Tokens } from './generated/schema.ts'

/** What a sign-in is made of: part of what every route answers that signs in. */
export type TokenPair = Pick<Tokens, 'access_token' | 'refresh_token'>

/** Sends a refresh token to the API and gives its answer. */
export type Renewal = (refreshToken: string) => Promise<Response>

/** Where a sign-in is kept. A refresh token works once, so that one renewal goes on at a time, in all tabs together. */
export interface Session {
  /** Of calls; `null` where nobody is signed in, or where it has to be renewed first. */
  readonly accessToken: string | null
  readonly isSignedIn: boolean
  /** Keep the tokens of a sign-in, or those that replace earlier ones. */
  start(tokens: TokenPair): void
  /** Forget the sign-in, here and in other tabs. It goes on at the server until `/v1/auth/logout`. */
  end(): void
  /** Be told of beginnings and ends, those in other tabs too; returns how to stop that. */
  subscribe(listener: (isSignedIn: boolean) => void): () => void
  /**
   * Renew the access token.
   * @param stale the token that was refused: who waited for another's renewal takes that one's result.
   * @returns the answer of the refusal, or `null` where there is a new token now.
   */
  renew(stale: string | null, send: Renewal): Promise<Response | null>
}

/** Renews at the API of an address; in a browser, the page's own where it is empty. */
export function renewalAt(baseUrl: string, fetch: (request: Request) => Promise<Response>): Renewal {
  return (refresh_token) =>
    fetch(
      new Request(`${baseUrl}/v1/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh_token }),
        credentials: 'include',
      }),
    )
}

interface Store {
  read(): string | null
  write(refreshToken: string | null): void
  /** Run one at a time over everything that shares this store. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

type Word = { accessToken: string | null; isSignedIn: boolean }

class KeptSession implements Session {
  accessToken: string | null = null
  readonly #store: Store
  readonly #channel: BroadcastChannel | null
  readonly #listeners = new Set<(isSignedIn: boolean) => void>()
  #renewing: Promise<Response | null> | null = null

  constructor(store: Store, channel: BroadcastChannel | null) {
    this.#store = store
    this.#channel = channel
    channel?.addEventListener('message', (event: MessageEvent<Word>) => this.#hear(event.data))
  }

  get isSignedIn(): boolean {
    return this.#store.read() !== null
  }

  start(tokens: TokenPair): void {
    this.#store.write(tokens.refresh_token)
    this.#tell({ accessToken: tokens.access_token, isSignedIn: true })
  }

  end(): void {
    this.#store.write(null)
    this.#tell({ accessToken: null, isSignedIn: false })
  }

  subscribe(listener: (isSignedIn: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  renew(stale: string | null, send: Renewal): Promise<Response | null> {
    return (this.#renewing ??= this.#store.exclusively(() => this.#renew(stale, send)).finally(() => (this.#renewing = null)))
  }

  async #renew(stale: string | null, send: Renewal): Promise<Response | null> {
    if (this.accessToken !== stale) return null
    const refreshToken = this.#store.read()
    if (refreshToken === null) return new Response(null, { status: 401 })
    const answer = await send(refreshToken)
    if (answer.status === 401) this.end()
    if (!answer.ok) return answer
    this.start((await answer.json()) as TokenPair)
    return null
  }

  #tell(word: Word): void {
    this.#channel?.postMessage(word)
    this.#hear(word)
  }

  #hear(word: Word): void {
    this.accessToken = word.accessToken
    for (const listener of this.#listeners) listener(word.isSignedIn)
  }
}

/** A sign-in that ends with the program, as in Node or in a test. */
export function memorySession(tokens?: TokenPair): Session {
  let kept: string | null = null
  const session = new KeptSession(
    {
      read: () => kept,
      write: (refreshToken) => (kept = refreshToken),
      exclusively: (work) => work(),
    },
    null,
  )
  if (tokens) session.start(tokens)
  return session
}

/**
 * The sign-in of a browser: shared by its tabs, and there again after a reload. The access token stays in memory; the
 * refresh token is in `localStorage`, and tabs take turns by Web Locks.
 */
export function browserSession(name = 'gigsta.session'): Session {
  return new KeptSession(
    {
      read: () => localStorage.getItem(name),
      write: (refreshToken) => (refreshToken === null ? localStorage.removeItem(name) : localStorage.setItem(name, refreshToken)),
      exclusively: async (work) => await navigator.locks.request(name, work),
    },
    channelOf(name),
  )
}

/** A channel to the other tabs; where that is a program, it keeps none running. */
function channelOf(name: string): BroadcastChannel {
  const channel = new BroadcastChannel(name) as BroadcastChannel & { unref?: () => void }
  channel.unref?.()
  return channel
}
