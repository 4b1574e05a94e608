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
  #renewing: Promise<void> = Promise.resolve()
  #asking: Promise<void> = Promise.resolve()

  constructor(session: Session, renewal: Renewal, fetch: (request: Request) => Promise<Response>) {
    this.#session = session
    this.#renewal = renewal
    this.#fetch = fetch
  }

  /** Once the first requests are on their way: all, or where somebody is signed in the renewal. Another tab's turn comes before. */
  get asked(): Promise<void> {
    return this.#asking
  }

  /** Once it is known whether the sign-in goes on, and all requests are on their way. */
  get renewed(): Promise<void> {
    return this.#renewing
  }

  /** Ask for some addresses at once, in this order; whoever is signed in is renewed first. */
  begin(addresses: readonly string[]): void {
    const { accessToken, isSignedIn } = this.#session
    const isStale = isSignedIn && accessToken === null
    if (isStale) this.#renew()
    for (const address of addresses) {
      const request = new Request(new URL(address, location.origin), { credentials: 'include' })
      const asking = isStale ? this.#renewing.then(() => this.#ask(request)) : this.#ask(request)
      this.#begun.set(request.url, asking.catch(() => null))
    }
  }

  /** What one of them answers, for who does not take it from the client; null where it is refused or lost. */
  async seen(address: string): Promise<unknown> {
    const found = await this.#begun.get(new URL(address, location.origin).href)
    return found?.answer.ok ? found.answer.clone().json() : null
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

  /** As the client does it before its first call, which goes on with the same renewal. A failure is the client's to see. */
  #renew(): void {
    let isAsked = (): void => undefined
    this.#asking = new Promise((done) => (isAsked = done))
    const renewal: Renewal = (token) => {
      const answer = this.#renewal(token)
      isAsked()
      return answer
    }
    this.#renewing = this.#session.renew(null, renewal).then(isAsked, isAsked)
  }

  async #ask(request: Request): Promise<Answered | null> {
    const { accessToken, isSignedIn } = this.#session
    if (isSignedIn && accessToken === null) return null
    const authorization = accessToken === null ? null : `Bearer ${accessToken}`
    if (authorization) request.headers.set('authorization', authorization)
    return { authorization, answer: await this.#fetch(request) }
  }
}
