import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Sketch, type Draw } from '../src/early/sketch'

const place = document.createElement('div')
const draw: Draw = (answer) => Object.assign(document.createElement('p'), { textContent: answer === null ? 'shape' : String(answer) })
const load = async (): Promise<Draw> => draw
const never = new Promise<unknown>(() => undefined)

beforeEach(() => {
  vi.useFakeTimers()
  place.replaceChildren()
})
afterEach(() => vi.useRealTimers())

it('draws what is read, and no shape before it', async () => {
  const sketch = new Sketch(() => place)
  let answer = (_: unknown): void => undefined
  void sketch.begin(load, new Promise((done) => (answer = done)))
  await vi.advanceTimersByTimeAsync(299)
  expect(place.textContent).toBe('')
  answer('a hedge')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(place.textContent).toBe('a hedge')
  expect(sketch.end()).toBe(true)
})

it('draws the shape of what is long in coming', async () => {
  const sketch = new Sketch(() => place)
  void sketch.begin(load, never)
  await vi.advanceTimersByTimeAsync(301)
  expect(place.textContent).toBe('shape')
  expect(sketch.end()).toBe(false)
})

it('draws nothing over the app', async () => {
  const sketch = new Sketch(() => place)
  let answer = (_: unknown): void => undefined
  void sketch.begin(load, new Promise((done) => (answer = done)))
  expect(sketch.end()).toBe(false)
  place.textContent = 'the app'
  await vi.advanceTimersByTimeAsync(400)
  answer('a hedge')
  await vi.advanceTimersByTimeAsync(400)
  expect(place.textContent).toBe('the app')
})

it('leaves to the app what is refused, lost or cannot be drawn', async () => {
  const failing: Draw = () => {
    throw new TypeError('It is no service.')
  }
  for (const [loading, reading] of [
    [load, () => Promise.resolve(null)],
    [load, () => Promise.reject(new TypeError('Nobody answers.'))],
    [() => Promise.reject(new TypeError('No such file.')), () => Promise.resolve('a hedge')],
    [async () => failing, () => Promise.resolve('a hedge')],
  ] as [() => Promise<Draw>, () => Promise<unknown>][]) {
    const sketch = new Sketch(() => place)
    const done = sketch.begin(loading, reading())
    await vi.advanceTimersByTimeAsync(1_000)
    await done
    expect(place.textContent).toBe('')
    expect(sketch.end()).toBe(false)
  }
})

it('takes away what is seen of somebody who has signed out, and draws it no more', async () => {
  const sketch = new Sketch(() => place)
  let answer = (_: unknown): void => undefined
  void sketch.begin(load, new Promise((done) => (answer = done)))
  await vi.advanceTimersByTimeAsync(301)
  sketch.clear()
  expect(place.textContent).toBe('')
  answer('a hedge')
  await vi.advanceTimersByTimeAsync(100)
  expect(place.textContent).toBe('')
  expect(sketch.end()).toBe(false)
})

it('leaves the app alone that has taken its place', async () => {
  const sketch = new Sketch(() => place)
  void sketch.begin(load, Promise.resolve('a hedge'))
  await vi.advanceTimersByTimeAsync(100)
  expect(sketch.end()).toBe(true)
  place.replaceChildren('the app')
  sketch.clear()
  expect(place.textContent).toBe('the app')
})
