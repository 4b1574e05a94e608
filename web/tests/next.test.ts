import { beforeEach, expect, it, vi } from 'vitest'
import { keepNext, takeNext } from '../src/support/next'

beforeEach(() => {
  localStorage.clear()
  vi.useRealTimers()
})

it('says once where somebody wanted to go, in whichever tab', () => {
  keepNext('/job-requests/new?category=hedges')
  expect([takeNext(), takeNext()]).toEqual(['/job-requests/new?category=hedges', null])
})

it('leads nowhere else, and not to a wish of long ago', () => {
  keepNext('//elsewhere.example')
  expect(takeNext()).toBeNull()
  vi.useFakeTimers()
  keepNext('/reports')
  vi.advanceTimersByTime(61 * 60_000)
  expect(takeNext()).toBeNull()
  localStorage.setItem('gigsta.next', 'spoilt')
  expect(takeNext()).toBeNull()
})
