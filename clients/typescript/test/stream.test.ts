import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createGigsta, items, memorySession, type StreamEventView } from '../src/index.ts'
import { Realtime } from '../src/realtime.ts'
import { Stream } from '../src/stream.ts'

const event = (seq: number) => ({ seq }) as StreamEventView

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function dice(seed: number): () => number {
  return () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31
}

test('whatever comes twice, late or early is given on once and in order', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const roll = dice(seed)
    const given: number[] = []
    const stream = new Stream(({ seq }) => given.push(seq))
    stream.begin({ epoch: 'e', seq: 10 })
    const numbers = Array.from({ length: 30 }, (_, index) => 11 + Math.floor(index / 2)).sort(() => roll() - 0.5)
    while (numbers.length) stream.take('e', numbers.splice(0, 1 + Math.floor(roll() * 4)).map(event))
    assert.deepEqual(given, Array.from({ length: 15 }, (_, index) => 11 + index))
    assert.equal(stream.hasGap, false)
  }
})

test('a gap is noticed, also where the lost event was the last', () => {
  const stream = new Stream(() => undefined)
  stream.begin({ epoch: 'e', seq: 1 })
  stream.take('e', [event(3)])
  assert.equal(stream.hasGap, true)
  stream.take('e', [event(2)])
  assert.equal(stream.hasGap, false)
  stream.hear({ epoch: 'e', seq: 4 })
  assert.equal(stream.hasGap, true)
})

test('events of another stream are passed over', () => {
  const given: number[] = []
  const stream = new Stream(({ seq }) => given.push(seq))
  stream.take('e', [event(1)])
  stream.begin({ epoch: 'e', seq: 0 })
  stream.take('other', [event(1)])
  stream.hear({ epoch: 'other', seq: 9 })
  assert.deepEqual(given, [])
  assert.equal(stream.hasGap, false)
})

test('items go over all pages, and ask for no page that is not wanted', async () => {
  const asked: (string | null)[] = []
  const page = async (cursor: string | null) => {
    asked.push(cursor)
    const number = Number(cursor ?? 0)
    return { data: { items: [number * 2, number * 2 + 1], next_cursor: number < 2 ? String(number + 1) : null } }
  }
  const all: number[] = []
  for await (const each of items(page)) all.push(each)
  assert.deepEqual(all, [0, 1, 2, 3, 4, 5])
  for await (const each of items(page)) if (each === 1) break
  assert.deepEqual(asked, [null, '1', '2', null])
})

test('where nothing can carry the stream, beginning says so instead of trying for ever', () => {
  const { WebSocket } = globalThis
  Reflect.deleteProperty(globalThis, 'WebSocket')
  const realtime = new Realtime(createGigsta({ baseUrl: 'http://127.0.0.1:1', session: memorySession() }), {})
  try {
    assert.throws(() => realtime.start(), /Node 22/)
  } finally {
    if (WebSocket) globalThis.WebSocket = WebSocket
  }
})
