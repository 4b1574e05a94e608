/**
 * The client against a running marketplace; `tests/e2e/test_client.py` starts it with the address, the conversation of two
 * people, and their mail addresses and passwords.
 */
import assert from 'node:assert/strict'

import { ApiError, createGigsta, items, memorySession, type Gigsta, type StreamEventView } from '../src/index.ts'
import { Realtime } from '../src/realtime.ts'

const [baseUrl, conversation_id, ...people] = process.argv.slice(2) as [string, string, ...string[]]
const PATIENCE = 60_000

/** Wait until something is so. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE; !isSo(); ) {
    assert.ok(Date.now() < end, `nobody saw that ${what}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** Somebody who is signed in, and how often they have asked for something. */
async function person(email: string, password: string): Promise<{ gigsta: Gigsta; asked: string[] }> {
  const asked: string[] = []
  const send = (request: Request) => (asked.push(new URL(request.url).pathname), fetch(request))
  const gigsta = createGigsta({ baseUrl, session: memorySession(), fetch: send })
  const { data } = await gigsta.POST('/v1/auth/login', { body: { email, password } })
  gigsta.session.start(data)
  return { gigsta, asked }
}

/** Sockets of this program, so that one can be killed. */
const sockets: WebSocket[] = []
globalThis.WebSocket = class extends WebSocket {
  constructor(url: string | URL) {
    super(url)
    sockets.push(this)
  }
}

const customer = await person(people[0] as string, people[1] as string)
const provider = await person(people[2] as string, people[3] as string)

// A token that is refused is renewed once, for all calls that found it so.
const { data: fresh } = await customer.gigsta.POST('/v1/auth/login', { body: { email: people[0] as string, password: people[1] as string } })
customer.gigsta.session.start({ ...fresh, access_token: 'refused' })
await Promise.all(Array.from({ length: 5 }, () => customer.gigsta.GET('/v1/users/me')))
assert.equal(customer.asked.filter((path) => path === '/v1/auth/refresh').length, 1)

// A refusal has its code, and a list all its pages.
await assert.rejects(customer.gigsta.GET('/v1/bookings/{booking_id}', { params: { path: { booking_id: 'bkg_none' } } }), (error) => {
  assert.ok(error instanceof ApiError)
  return error.code === 'not_found' && error.problem.request_id !== ''
})
const found: string[] = []
for await (const each of items((cursor) => customer.gigsta.GET('/v1/search/services', { params: { query: { limit: 7, cursor } } }))) {
  found.push(each.id)
  if (found.length === 20) break
}
assert.equal(new Set(found).size, found.length)
assert.ok(found.length > 7, 'more than a page')

// Messages come over a socket, each once and in order, and over its successor after it was killed.
const heard: StreamEventView[] = []
const stream = new Realtime(provider.gigsta, { event: (event) => heard.push(event) })
stream.start()
await until('the stream began', () => stream.isLive)
const sent: number[] = []
const talk = new Realtime(customer.gigsta, { sent: (_, seq) => sent.push(seq), refused: (_, why) => assert.fail(why.detail) })
talk.start()
await until('the other stream began', () => talk.isLive)
const messages = () => heard.filter(({ type }) => type === 'message.sent').map(({ version }) => version)
talk.send({ conversation_id, text: 'Is there parking?' })
await until('the first message came', () => messages().length === 1)
sockets[0]?.close()
talk.send({ conversation_id, text: 'I found some.' })
talk.send({ conversation_id, text: 'See you soon.' })
await until('all were stored', () => sent.length === 3)
await until('the others came after the socket was killed', () => messages().length === 3)
assert.deepEqual([...messages()].sort(), [...sent].sort())
assert.deepEqual(heard.map(({ seq }) => seq), heard.map((_, index) => (heard[0] as StreamEventView).seq + index))
stream.stop()
talk.stop()
