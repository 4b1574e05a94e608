import { renewalAt, type Session } from './session.ts'

/** How calls are sent. */
export interface Sending {
  fetch: (request: Request) => Promise<Response>
  session: Session
  baseUrl: string
  /** How often a call is tried again. */
  retries: number
  /** The longest wait that the server may ask for, in seconds; a longer one is an error at once. */
  longestWait: number
}

const KEY = 'idempotency-key'
/** POSTs that honour no idempotency key, so that after a lost answer nobody knows whether they were carried out. */
const UNKEYED = /\/v1\/(auth|users\/me|onboarding|realtime|webhooks|admin\/(analytics|moderation|operations|providers|users\/[^/]+\/(restore|suspend)))(\/|$)/

/** Wait for some seconds. */
export const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000))

/** Sends a request: signed, under one idempotency key however often it is tried, and again where that is safe. */
export function sender(sending: Sending): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === 'POST' && !request.headers.has(KEY)) request.headers.set(KEY, crypto.randomUUID())
    const isRepeatable = mayRepeat(request)
    let refusedToken: string | null = null
    for (let tries = 0; ; ) {
      const { session } = sending
      if (session.isSignedIn && (session.accessToken === null || session.accessToken === refusedToken)) {
        const refused = await renew(sending)
        if (refused && refused.status !== 401) return refused
      }
      const token: string | null = session.accessToken
      const answer: unknown = await sendOnce(sending, request, token).catch((error: unknown) => error)
      const isLast = request.signal.aborted || tries >= sending.retries
      if (!(answer instanceof Response)) {
        if (isLast || !isRepeatable) throw answer
        await pause(Math.random() * 2 ** tries)
      } else {
        if (answer.status === 401 && token !== null && refusedToken === null) {
          refusedToken = token
          continue
        }
        const wait = waitOf(answer, isRepeatable)
        if (isLast || wait === null || wait > sending.longestWait) return answer
        await pause(wait)
      }
      tries += 1
    }
  }
}

/** One try. A body can be read once, so that each has a copy of it. */
function sendOnce(sending: Sending, request: Request, token: string | null): Promise<Response> {
  const copy = request.clone()
  if (token !== null && !copy.headers.has('authorization')) copy.headers.set('authorization', `Bearer ${token}`)
  return sending.fetch(copy)
}

function mayRepeat({ method, url }: Request): boolean {
  return method === 'POST' ? !UNKEYED.test(new URL(url).pathname) : method === 'GET' || method === 'PUT'
}

function renew({ session, baseUrl, fetch }: Sending): Promise<Response | null> {
  return session.renew(session.accessToken, renewalAt(baseUrl, fetch))
}

/** The seconds after which to try again: a 429 has done nothing; after others it must be safe to repeat. */
function waitOf(answer: Response, isRepeatable: boolean): number | null {
  const after = answer.headers.get('retry-after')
  const statuses = isRepeatable ? [409, 429, 503] : [429]
  return after !== null && statuses.includes(answer.status) ? Number(after) : null
}
