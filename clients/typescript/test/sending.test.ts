import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ApiError } from '../src/index.ts'
import { clientOf, json, problem, type Respond } from './fake.ts'

const MESSAGE = {
  params: { path: { conversation_id: 'cnv_1' } },
  body: { client_id: 'one', text: 'Hello' },
} as const
const post = (gigsta: ReturnType<typeof clientOf>['gigsta']) =>
  gigsta.POST('/v1/conversations/{conversation_id}/messages', MESSAGE)
const keys = (asked: Request[]) => asked.map((each) => each.headers.get('idempotency-key'))

/** Answers one after the other; the last one again and again. An error is a network that fails. */
function inTurn(...answers: (() => Response)[]): Respond {
  let turn = 0
  return () => (answers[Math.min(turn++, answers.length - 1)] as () => Response)()
}

const fails = () => {
  throw new TypeError('fetch failed')
}

test('a POST keeps its body and its idempotency key over all tries', async () => {
  const bodies: unknown[] = []
  const answer = inTurn(() => problem(429, 'rate_limited', { 'retry-after': '0' }), fails, () => json({ seq: 1 }, 201))
  const { gigsta, asked } = clientOf((request, body) => (bodies.push(body), answer(request, body)))
  assert.equal((await post(gigsta)).data.seq, 1)
  assert.equal(asked.length, 3)
  assert.equal(new Set(keys(asked)).size, 1)
  assert.deepEqual(bodies, [MESSAGE.body, MESSAGE.body, MESSAGE.body])
})

test('a key that the caller has chosen is kept', async () => {
  const { gigsta, asked } = clientOf(() => json({ seq: 1 }, 201))
  await gigsta.POST('/v1/conversations/{conversation_id}/messages', { ...MESSAGE, headers: { 'Idempotency-Key': 'mine' } })
  assert.deepEqual(keys(asked), ['mine'])
})

test('other calls have other keys', async () => {
  const { gigsta, asked } = clientOf(() => json({ seq: 1 }, 201))
  await post(gigsta)
  await post(gigsta)
  assert.equal(new Set(keys(asked)).size, 2)
})

test('a first request that is still worked on is asked for again', async () => {
  const answer = inTurn(() => problem(409, 'idempotency_in_flight', { 'retry-after': '0' }), () => json({ seq: 1 }, 201))
  const { gigsta } = clientOf(answer)
  assert.equal((await post(gigsta)).data.seq, 1)
})

test('a server that asks for patience gets it, at most so often', async () => {
  const { gigsta, asked } = clientOf(() => problem(503, 'unavailable', { 'retry-after': '0' }))
  await assert.rejects(gigsta.GET('/v1/health'), (error) => error instanceof ApiError && error.code === 'unavailable')
  assert.equal(asked.length, 3)
})

test('a wait that is too long for people is an error at once', async () => {
  const { gigsta, asked } = clientOf(() => problem(429, 'rate_limited', { 'retry-after': '3600' }))
  await assert.rejects(gigsta.GET('/v1/health'), { code: 'rate_limited', status: 429 })
  assert.equal(asked.length, 1)
})

test('what may have been carried out and honours no key is not repeated', async () => {
  for (const answer of [fails, () => problem(503, 'out_of_time', { 'retry-after': '0' })]) {
    const { gigsta, asked } = clientOf(answer)
    await assert.rejects(gigsta.POST('/v1/auth/login', { body: { email: 'a@example.com', password: 'x' } }))
    assert.equal(asked.length, 1)
  }
})

test('a call that was given up is not tried again', async () => {
  const given = new AbortController()
  const { gigsta, asked } = clientOf(() => {
    given.abort()
    return fails()
  })
  await assert.rejects(gigsta.GET('/v1/health', { signal: given.signal }))
  assert.equal(asked.length, 1)
})

test('a refusal is an error with its code, its fields and all that came with it', async () => {
  const errors = [{ field: 'text', message: 'Write something.', code: 'missing' }]
  const { gigsta } = clientOf(() => problem(422, 'invalid_input', {}, { errors, consequences: ['a fee'] }))
  await assert.rejects(post(gigsta), (error) => {
    assert.ok(error instanceof ApiError)
    assert.equal(error.code, 'invalid_input')
    assert.equal(error.message, 'Because.')
    assert.equal(error.field('text'), 'Write something.')
    assert.equal(error.field('media_ids'), undefined)
    assert.deepEqual(error.problem['consequences'], ['a fee'])
    return true
  })
})

test("a proxy's page is an error without a code of the marketplace", async () => {
  const { gigsta } = clientOf(() => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }))
  await assert.rejects(gigsta.GET('/v1/health'), { code: 'unknown', status: 502, message: 'Bad Gateway' })
})
