import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'
import type { Plugin } from 'vite'
import { virtual } from './virtual.ts'

/** ISO 3166-1 numbers of the countries that GigSta ships for. */
const COUNTRIES: ReadonlySet<string> = new Set(['036', '554'])
/** About 100 m: finer than these outlines are. */
const DIGITS = 3

/** What a map draws where it has no tiles: the land of New Zealand and Australia, from Natural Earth's outlines. */
export const land = (): Plugin =>
  virtual('land', async () => {
    const path = createRequire(import.meta.url).resolve('world-atlas/countries-10m.json')
    const atlas = JSON.parse(await readFile(path, 'utf8'))
    const all = feature(atlas, atlas.objects.countries) as unknown as { features: { id?: string; geometry: unknown }[] }
    const features = all.features
      .filter((each) => COUNTRIES.has(String(each.id)))
      .map((each) => ({ type: 'Feature', properties: {}, geometry: rounded(each.geometry) }))
    return { type: 'FeatureCollection', features }
  })

/** The same geometry with fewer digits. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(DIGITS))
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]))
  return value
}
