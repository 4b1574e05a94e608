import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import type { Place } from './src/support/places'
import { virtual } from './virtual.ts'

/** The API's own gazetteer: one place a line, `name | larger place | region | country | latitude | longitude`. */
const GAZETTEER = fileURLToPath(new URL('../layers/common/src/common/adapters/geocoding/data/places.txt', import.meta.url))
const SIZES = ['city', 'town', 'suburb'] as const

/** What a map names where it has no tiles: the cities, towns and suburbs that addresses are found in without a network. */
export const places = (): Plugin => virtual('places', async () => read(await readFile(GAZETTEER, 'utf8')))

/** The places, largest first; a centre that lies where its city does has that city's name already. */
function read(text: string): Place[] {
  const lines = text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split('|'))
  const cities = new Set(lines.map(([, larger]) => larger))
  const found = lines.map(([name = '', larger = '', , , lat, lng]) => ({
    name,
    larger,
    lat: Number(lat),
    lng: Number(lng),
    size: SIZES[larger ? 2 : cities.has(name) ? 0 : 1],
  }))
  return found
    .filter(({ larger, lat, lng }) => !found.some((each) => each.name === larger && each.lat === lat && each.lng === lng))
    .sort((one, other) => SIZES.indexOf(one.size) - SIZES.indexOf(other.size))
    .map(({ name, lat, lng, size }) => ({ name, lat, lng, size }))
}
