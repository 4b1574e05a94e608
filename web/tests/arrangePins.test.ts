import { describe, expect, it } from 'vitest'
import { arrangePins, type Pin } from '../src/support/arrangePins'

const pin = (id: string, x: number, y: number, width = 60): Pin => ({ id, x, y, width })

describe('pins of a map', () => {
  it('cover no label: what comes first keeps it, and the rest are dots beside it', () => {
    const placed = arrangePins([pin('first', 100, 100), pin('near', 120, 105), pin('far', 300, 100)])
    expect(placed.get('first')).toEqual({ dx: 0, dy: 0, isDot: false })
    expect(placed.get('far')).toEqual({ dx: 0, dy: 0, isDot: false })
    const near = placed.get('near')
    expect(near?.isDot).toBe(true)
    expect(Math.abs(120 + (near?.dx ?? 0) - 100) >= 30 || Math.abs(105 + (near?.dy ?? 0) - 100) >= 15).toBe(true)
  })
  it('of one place stand below each other, as far as there is room', () => {
    const placed = arrangePins(['a', 'b', 'c', 'd'].map((id) => pin(id, 50, 50)))
    expect(['a', 'b', 'c'].map((id) => placed.get(id)?.dy)).toEqual([0, 30, 60])
    expect(placed.get('d')?.isDot).toBe(true)
  })
  it('are all drawn, however many', () => {
    const pins = Array.from({ length: 200 }, (_, nth) => pin(String(nth), 10, 10))
    expect(arrangePins(pins).size).toBe(200)
  })
})
