import assert from 'node:assert/strict'
import { test } from 'node:test'

import { memorySession } from '../src/index.ts'
import { Realtime } from '../src/realtime.ts'
import { clientOf } from './fake.ts'

const TOKENS = { access_token: 'a', refresh_token: 'r' }

test('one ticket is asked for at a time, and another one for another person', () => {
  const session = memorySession(TOKENS)
  const { gigsta, asked } = clientOf(() => new Promise<Response>(() => undefined), { session })
  const stream = new Realtime(gigsta, {})
  stream.start()
  // A renewal says the same as the beginning of a sign-in.
  session.start(TOKENS)
  assert.equal(asked.length, 1)
  session.end()
  session.start(TOKENS)
  assert.equal(asked.length, 2)
  stream.stop()
})

test('where no socket opens, events come over HTTP, and their beginning is told once', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const { gigsta } = clientOf(
    (request) =>
      request.method === 'POST'
        ? Promise.reject(new TypeError('blocked'))
        : Response.json({ epoch: 'e', seq: 3, events: [], resync: false }),
    { session: memorySession(TOKENS) },
  )
  const heard: string[] = []
  const stream = new Realtime(gigsta, { begun: () => heard.push('begun'), resync: () => heard.push('resync'), connection: () => heard.push('connection') })
  stream.start()
  for (let each = 0; each < 8; each += 1) {
    await turn()
    context.mock.timers.tick(30_000)
    await turn()
  }
  stream.stop()
  assert.deepEqual(heard, ['begun'])
})
