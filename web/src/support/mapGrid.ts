/** Metres around the earth where it is widest, which the map's own projection takes it for: https://epsg.io/3857. */
const AROUND_M = 2 * Math.PI * 6378137
/** Pixels that the whole earth is wide at zoom 0. */
const WORLD = 256
/** A cell is at most so wide, as the scale bar is. */
export const MOST_PIXELS = 110
/** What a round distance begins with; the scale bar (Leaflet's) takes the same, so that it is one cell long. */
const ROUND = [5, 3, 2, 1]

export interface Cell {
  metres: number
  pixels: number
}

/** The cell of a map's grid: the largest round distance that has room, as it is about this latitude. */
export function gridCell(zoom: number, lat: number): Cell {
  const perPixel = (AROUND_M * Math.cos((lat * Math.PI) / 180)) / (WORLD * 2 ** zoom)
  const most = MOST_PIXELS * perPixel
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = power * (ROUND.find((each) => each * power <= most) ?? 1)
  return { metres, pixels: Math.round(metres / perPixel) }
}
