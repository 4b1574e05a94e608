import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ScoreParts from '../src/pages/requests/ScoreParts.vue'
import { fitOf, type Reader } from '../src/pages/requests/looks'
import type { Schemas } from '../src/support/schemas'

const score = {
  points: 858,
  parts: [
    { name: 'fairness', points: 150, max: 150, reason: '0 offers in the last 7 days' },
    { name: 'repeat', points: 0, max: 50, reason: 'you have not worked together yet' },
    { name: 'distance', points: 708, max: 800, reason: 'about 2 km away' },
  ],
} as unknown as Schemas['ScoreView']
const shown = (reader: Reader) => mount(ScoreParts, { props: { score, reader } }).text()

describe('why somebody was asked', () => {
  it('is told in words for who reads it, without points', () => {
    expect(shown('provider')).toContain('You were asked seldom of late')
    expect(shown('provider')).toContain('The customer knows you')
    expect(shown('customer')).toContain('Knows you')
    expect(shown('customer')).toContain('does not count')
    expect(shown('provider')).not.toContain('150')
  })
  it('is a share of all points there are', () => {
    expect(fitOf(score)).toBe(86)
  })
})
