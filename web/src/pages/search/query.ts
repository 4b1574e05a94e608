import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { paths } from '@gigsta/client'
import { words } from '../../format'
import { addDays, dateKey, instantOf, ownZone } from '../../time'

export type ServiceQuery = NonNullable<paths['/v1/search/services']['get']['parameters']['query']>

/** What a search asks for, as it stands in the address of the page: texts, and empty where nothing is asked. */
export interface Wanted {
  /** `providers`, or services where it is empty. */
  kind: string
  q: string
  category: string
  address: string
  when: string
  radius: string
  rating: string
  from: string
  to: string
  place: string
  sort: string
}
const NAMES: readonly (keyof Wanted)[] = ['kind', 'q', 'category', 'address', 'when', 'radius', 'rating', 'from', 'to', 'place', 'sort']
const DATE = /^\d{4}-\d{2}-\d{2}$/
const SATURDAY = 6

/** Read an address's query; what is given twice counts once. */
export function wantedOf(query: LocationQuery): Wanted {
  const read = (name: string): string => {
    const value = query[name]
    return (Array.isArray(value) ? value[0] : value) ?? ''
  }
  return Object.fromEntries(NAMES.map((name) => [name, read(name)])) as unknown as Wanted
}

/** The address's query of a search: what is empty does not stand in it. */
export function queryOf(wanted: Partial<Wanted>): LocationQueryRaw {
  return Object.fromEntries(NAMES.flatMap((name) => (wanted[name] ? [[name, wanted[name]]] : [])))
}

/** A category in words as far as its slug tells, while nothing found says its name. */
export const categoryName = (slug: string): string => words(slug.replaceAll('-', '_'))

/** From when to when "today", "this weekend" or a date is, in the zone of who looks; null for any time. */
export function period(when: string, now = new Date()): { from: Date; to: Date } | null {
  const zone = ownZone()
  const today = dateKey(now, zone)
  const spanning = (first: string, days: number) => {
    const from = instantOf(first, zone)
    return { from: from < now ? now : from, to: instantOf(addDays(first, days), zone) }
  }
  if (when === 'today') return spanning(today, 1)
  if (when === 'tomorrow') return spanning(addDays(today, 1), 1)
  if (when === 'week') return spanning(today, 7)
  if (when === 'weekend') {
    const weekday = new Date(`${today}T12:00:00Z`).getUTCDay()
    if (weekday === 0) return spanning(today, 1)
    return spanning(addDays(today, SATURDAY - weekday), 2)
  }
  return DATE.test(when) && when >= today ? spanning(when, 1) : null
}

const number = (text: string): number | undefined => (text && Number.isFinite(Number(text)) ? Number(text) : undefined)
/** To the minute and without fractions: the same search has the same address for a while, and may be answered from a cache. */
const minute = (at: Date): string => `${new Date(Math.floor(at.getTime() / 60_000) * 60_000).toISOString().slice(0, 19)}Z`

/** What the API is asked. */
export function apiQuery(wanted: Wanted): ServiceQuery {
  const span = period(wanted.when)
  const hasPlace = Boolean(wanted.address)
  return {
    q: wanted.q || undefined,
    category: wanted.category || undefined,
    address: wanted.address || undefined,
    radius_km: hasPlace ? number(wanted.radius) : undefined,
    min_rating: number(wanted.rating),
    min_price: scaled(wanted.from),
    max_price: scaled(wanted.to),
    available_from: span ? minute(span.from) : undefined,
    available_to: span ? minute(span.to) : undefined,
    place_kind: (wanted.place || undefined) as ServiceQuery['place_kind'],
    sort: (wanted.sort || undefined) as ServiceQuery['sort'],
    facets: true,
  }
}
const scaled = (text: string): number | undefined => {
  const value = number(text)
  return value === undefined ? undefined : Math.round(value * 100)
}
