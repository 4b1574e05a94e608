import L from 'leaflet'
import { expect, test } from 'vitest'
import places from 'virtual:places'
import { gridCell, MOST_PIXELS } from '../src/support/mapGrid'
import { namedAt } from '../src/support/places'
import { drawPlainly } from '../src/support/plainMap'

test.each([
  [15, 300],
  [14, 500],
  [13, 1000],
  [12, 3000],
  [10, 10_000],
  [6, 200_000],
])('at zoom %i a cell of the grid is %i m in Auckland', (zoom, metres) => {
  expect(gridCell(zoom, -37).metres).toBe(metres)
})

test('a cell has room at every zoom, and is never too small to see', () => {
  for (let zoom = 6; zoom <= 19; zoom += 1) {
    const { pixels } = gridCell(zoom, -41)
    expect(pixels).toBeLessThanOrEqual(MOST_PIXELS)
    expect(pixels).toBeGreaterThanOrEqual(MOST_PIXELS / 2)
  }
})

test('a country shows its cities, and a city its suburbs', () => {
  const names = (zoom: number): string[] => namedAt(places, zoom).map((each) => each.name)
  expect(names(5)).toContain('Auckland')
  expect(names(5)).not.toContain('Ponsonby')
  expect(names(13)).toContain('Ponsonby')
  // It lies where its city does.
  expect(names(13)).not.toContain('Auckland CBD')
})

test('a map without tiles has a grid and names, which nobody presses and nothing reads out', () => {
  const host = document.createElement('div')
  const map = L.map(host).setView([-36.85, 174.76], 13)
  drawPlainly(map)
  const named = [...host.querySelectorAll('.map-name')].map((each) => each.textContent)
  expect(named).toContain('Auckland')
  expect(named).toContain('Ponsonby')
  expect(host.querySelector('.leaflet-grid-pane .map-grid')).not.toBeNull()
  expect(host.querySelector('.map-name')?.closest('[aria-hidden="true"]')).not.toBeNull()
  expect(host.querySelector('.leaflet-names-pane [tabindex]')).toBeNull()
  map.setView([-36.85, 174.76], 8)
  expect(host.querySelector('.map-name-suburb')).toBeNull()
})
