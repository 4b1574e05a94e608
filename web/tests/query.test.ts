import type { LocationQuery } from 'vue-router'
import { describe, expect, it } from 'vitest'
import { apiQuery, period, queryOf, wantedOf } from '../src/pages/search/query'

describe('a search in an address', () => {
  it('is read back as it was written, and leaves out what is empty', () => {
    const query = queryOf({ q: 'hedge', address: 'Grey Lynn', radius: '' })
    expect(query).toEqual({ q: 'hedge', address: 'Grey Lynn' })
    expect(wantedOf({ q: ['hedge', 'tree'] }).q).toBe('hedge')
    expect(wantedOf(queryOf(wantedOf({ kind: 'providers' })) as LocationQuery).kind).toBe('providers')
  })
  it('asks for prices in minor units and for a radius only around a place', () => {
    const asked = apiQuery(wantedOf({ from: '20', to: '49.5', radius: '5' }))
    expect([asked.min_price, asked.max_price, asked.radius_km]).toEqual([2_000, 4_950, undefined])
  })
  it('takes this weekend for what is left of it', () => {
    const span = period('weekend', new Date())
    const days = ((span?.to.getTime() ?? 0) - (span?.from.getTime() ?? 0)) / 3_600_000
    expect(days).toBeGreaterThan(0)
    expect(days).toBeLessThanOrEqual(49)
    expect(period('2020-01-01')).toBeNull()
  })
})
