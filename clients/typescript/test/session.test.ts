import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

import { browserSession, memorySession, type Session } from '../src/index.ts'
import { clientOf, json, problem, type Respond } from './fake.ts'

/** An API whose tokens are numbered: those that it gave open it, and a refresh token works once. */
class Api {
  newest = 0
  renewals = 0

  readonly respond: Respond = async (request, body) => {
    if (request.url.endsWith('/v1/auth/refresh')) {
      const isNewest = (body as { refresh_token: string }).refresh_token === `refresh-${this.newest}`
      await new Promise((done) => setTimeout(done, 5))
      this.renewals += 1
      return isNewest ? json(this.tokens()) : problem(401, 'session_revoked')
    }
    const number = /^Bearer access-(\d+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
    const isOpen = number !== undefined && Number(number) <= this.newest
    return isOpen ? json({ items: [], next_cursor: null }) : problem(401, 'unauthenticated')
  }

  tokens() {
    this.newest += 1
    return { access_token: `access-${this.newest}`, refresh_token: `refresh-${this.newest}` }
  }
}

const call = (session: Session, api: Api) => clientOf(api.respond, { session }).gigsta.GET('/v1/bookings')

/** Words between tabs take a moment. */
const soon = () => new Promise((done) => setTimeout(done, 20))

beforeEach(() => {
  const kept = new Map<string, string>()
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    value: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    },
  })
})

test('many calls with an expired token renew it once', async () => {
  const api = new Api()
  const session = memorySession(api.tokens())
  session.start({ ...api.tokens(), access_token: 'expired' })
  await Promise.all(Array.from({ length: 8 }, () => call(session, api)))
  assert.equal(api.renewals, 1)
})

test('tabs renew once together, and each goes on with what one of them got', async () => {
  const api = new Api()
  const tabs = [browserSession('tabs'), browserSession('tabs'), browserSession('tabs')]
  tabs[0]?.start({ ...api.tokens(), access_token: 'expired' })
  await soon()
  await Promise.all(tabs.map((tab) => call(tab, api)))
  await Promise.all(tabs.map((tab) => call(tab, api)))
  // A word that comes after a tab's turn costs a renewal more, never the sign-in.
  assert.ok(api.renewals <= tabs.length)
  assert.ok(tabs.every((tab) => tab.isSignedIn))
})

test('a tab that is opened later is signed in, and asks for a token of its own', async () => {
  const api = new Api()
  browserSession('later').start(api.tokens())
  const tab = browserSession('later')
  assert.equal(tab.accessToken, null)
  await call(tab, api)
  assert.equal(api.renewals, 1)
})

test('signing out in one tab is heard in the others', async () => {
  const api = new Api()
  const [one, other] = [browserSession('out'), browserSession('out')]
  one.start(api.tokens())
  await soon()
  const heard: boolean[] = []
  other.subscribe((isSignedIn) => heard.push(isSignedIn))
  one.end()
  await soon()
  assert.deepEqual(heard, [false])
  assert.equal(other.isSignedIn, false)
})

test('a sign-in that has ended at the server ends here, and public calls go on', async () => {
  const api = new Api()
  const session = memorySession({ access_token: 'old', refresh_token: 'replayed' })
  await assert.rejects(call(session, api), { status: 401 })
  assert.equal(session.isSignedIn, false)
  const { gigsta } = clientOf(() => json({ status: 'ok' }), { session })
  assert.equal((await gigsta.GET('/v1/health')).data.status, 'ok')
})

test('a server that cannot renew now ends no sign-in', async () => {
  const session = memorySession({ access_token: 'old', refresh_token: 'good' })
  const answers: Respond = ({ url }) => (url.endsWith('/refresh') ? problem(503, 'unavailable') : problem(401, 'unauthenticated'))
  await assert.rejects(clientOf(answers, { session }).gigsta.GET('/v1/bookings'), { code: 'unavailable' })
  assert.equal(session.isSignedIn, true)
})
