/** A place that a map names. */
export interface Place {
  name: string
  lat: number
  lng: number
  size: 'city' | 'town' | 'suburb'
}

/** From which zoom on a name says something: of the whole country, of a region, of a city. */
const FROM = { city: 4, town: 7, suburb: 12 }

/** The places that are named at a zoom, the largest first. */
export function namedAt(places: readonly Place[], zoom: number): Place[] {
  return places.filter((each) => zoom >= FROM[each.size])
}
