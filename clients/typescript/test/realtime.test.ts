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
