/** A pin on a map: where its place lies on the screen and how large its label is, in pixels. */
export interface Pin {
  id: string
  x: number
  y: number
  width: number
}

/** How far from its place a pin is drawn, and whether its label has room or a dot stands for it. */
export interface PlacedPin {
  dx: number
  dy: number
  isDot: boolean
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}
/** A label's height with the gap to the next one. */
const ROW = 30
const GAP = 4
/** So many pins of one place may stand below each other. */
const MOST_ROWS = 3
/** A dot with what can be pressed around it (WCAG 2.2, 2.5.8). */
const DOT = 24
/** Where a dot may go so that it covers nothing: its own place first, then around it. */
const AROUND = [0, 1, 2, 3].flatMap((ring) =>
  ring === 0 ? [[0, 0] as const] : Array.from({ length: ring * 6 }, (_, nth) => [Math.cos((nth * Math.PI) / (ring * 3)) * ring * DOT, Math.sin((nth * Math.PI) / (ring * 3)) * ring * DOT] as const),
)

const boxOf = (x: number, y: number, width: number, height: number): Box => ({ left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 })
const meet = (one: Box, other: Box): boolean => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom

/**
 * Where pins are drawn so that no label covers another: the first come first, those of one place stand below each
 * other, and what has no room left is a dot, which shows its label when it is pointed at.
 */
export function arrangePins(pins: readonly Pin[]): Map<string, PlacedPin> {
  const placed = new Map<string, PlacedPin>()
  const taken: Box[] = []
  const take = (pin: Pin, dx: number, dy: number, isDot: boolean, width: number, height: number): boolean => {
    const box = boxOf(pin.x + dx, pin.y + dy, width, height)
    if (taken.some((each) => meet(each, box))) return false
    taken.push(box)
    placed.set(pin.id, { dx, dy, isDot })
    return true
  }
  const seen = new Set<string>()
  for (const pin of pins) {
    const place = `${pin.x} ${pin.y}`
    const rows = seen.has(place) ? MOST_ROWS : 1
    seen.add(place)
    for (let row = 0; row < rows; row += 1) if (take(pin, 0, row * ROW, false, pin.width + GAP, ROW)) break
  }
  for (const pin of pins) {
    if (placed.has(pin.id)) continue
    if (!AROUND.some(([dx, dy]) => take(pin, dx, dy, true, DOT, DOT))) placed.set(pin.id, { dx: 0, dy: 0, isDot: true })
  }
  return placed
}
