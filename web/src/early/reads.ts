import type { Renewal, Session } from '@gigsta/client/session'

interface Answered {
  /** As whom it was asked. */
  authorization: string | null
  answer: Response
}

/** Reads that were begun before the page is there that needs them; each is used once, and only by who it was read for. */
export class EarlyReads {
  readonly #begun = new Map<string, Promise<Answered | null>>()
  readonly #session: Session
  readonly #renewal: Renewal
  readonly #fetch: (request: Request) => Promise<Response>

  constructor(session: Session, renewal: Renewal, fetch: (request: Request) => Promise<Response>) {
    this.#session = session
    this.#renewal = renewal
    this.#fetch = fetch
  }

  /** Ask for some addresses at once; whoever is signed in is renewed first. */
  begin(addresses: readonly string[]): void {
    const renewing = this.#renew()
    for (const address of addresses) {
      const request = new Request(new URL(address, location.origin), { credentials: 'include' })
      this.#begun.set(request.url, renewing.then(() => this.#ask(request)).catch(() => null))
    }
  }

  /** Send a request of the client, or take the answer that is on its way already. */
  async send(request: Request): Promise<Response> {
    const begun = request.method === 'GET' ? this.#begun.get(request.url) : undefined
    if (begun) {
      this.#begun.delete(request.url)
      const found = await begun
      if (found && found.authorization === request.headers.get('authorization')) return found.answer
    }
    return this.#fetch(request)
  }

  /** What nobody has taken is not for later: it would be old. */
  forget(): void {
    this.#begun.clear()
  }

  /** As the client does it before its first call, which goes on with the same renewal. */
  async #renew(): Promise<void> {
    const { accessToken, isSignedIn } = this.#session
    if (isSignedIn && accessToken === null) await this.#session.renew(null, this.#renewal)
  }

  async #ask(request: Request): Promise<Answered | null> {
    const { accessToken, isSignedIn } = this.#session
    if (isSignedIn && accessToken === null) return null
    const authorization = accessToken === null ? null : `Bearer ${accessToken}`
    if (authorization) request.headers.set('authorization', authorization)
    return { authorization, answer: await this.#fetch(request) }
  }
}
