import L from 'leaflet'
import land from 'virtual:land'
import places from 'virtual:places'
import { arrangePins } from './arrangePins'
import { gridCell } from './mapGrid'
import { namedAt } from './places'

/** Farther out the earth is round: a cell in the middle and one at the edge would differ. */
const GRID_FROM = 6
/** What a name of so many letters takes, in pixels; it need not be exact. */
const LETTER = 7

/** Draw what a map without tiles has: land and water, a grid with round cells, and names of places. */
export function drawPlainly(map: L.Map): void {
  L.geoJSON(land, { interactive: false, style: { className: 'map-land', weight: 1 } }).addTo(map).bringToBack()
  drawGrid(map)
  drawNames(map)
}

function drawGrid(map: L.Map): void {
  pane(map, 'grid', 410)
  // By whole degrees, or the grid would move under the hand that moves the map.
  const size = (): number => gridCell(map.getZoom(), Math.round(map.getCenter().lat)).pixels
  let tileSize = size()
  const grid = L.gridLayer({ pane: 'grid', className: 'map-grid', tileSize, minZoom: GRID_FROM }).addTo(map)
  map.on('moveend', () => {
    if (tileSize === size()) return
    tileSize = size()
    L.setOptions(grid, { tileSize })
    grid.redraw()
  })
}

function drawNames(map: L.Map): void {
  pane(map, 'names', 420)
  const names = L.layerGroup().addTo(map)
  const draw = (): void => {
    names.clearLayers()
    const named = namedAt(places, map.getZoom())
    const pins = named.map((each, nth) => ({ id: String(nth), ...map.project([each.lat, each.lng]), width: each.name.length * LETTER }))
    const at = arrangePins(pins)
    named.forEach((each, nth) => {
      if (at.get(String(nth))?.isDot) return
      const text = document.createElement('span')
      text.className = `map-name map-name-${each.size}`
      text.textContent = each.name
      L.marker([each.lat, each.lng], { pane: 'names', icon: L.divIcon({ html: text, className: 'map-pin-host' }), interactive: false, keyboard: false }).addTo(names)
    })
  }
  draw()
  map.on('zoomend', draw)
}

/** A layer of its own between the land and the pins: it is looked at, neither pressed nor read out. */
function pane(map: L.Map, name: string, zIndex: number): void {
  const made = map.createPane(name)
  made.style.zIndex = String(zIndex)
  made.style.pointerEvents = 'none'
  made.setAttribute('aria-hidden', 'true')
}
