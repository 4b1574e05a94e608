/**
 * The pages where people land: their code and what they read first are asked for while the app itself is on its way.
 *
 * This runs before everything else, and the build reads it: nothing but types and small plain functions belongs here.
 */
export interface EarlyPage {
  /** The route's own path; `:id` stands for an id of the API, such as `svc_1`. */
  path: string
  /** The component, below `src/pages`. */
  page: string
  /** Nobody is shown it who is not signed in. */
  signedIn?: boolean
  /** The addresses that it reads, as the client asks for them. Where one is no longer asked for, a browser test says so. */
  reads?: (id: string, place: Place) => readonly string[]
}

/** What of the browser decides what a page reads. */
export interface Place {
  query: URLSearchParams
  /** Asked for where it matters alone: the first look at it takes long. */
  zone: () => string
  isSignedIn: boolean
}

const AUCKLAND = { lat: -36.8509, lng: 174.7645 }
const CITIES: Record<string, { lat: number; lng: number }> = {
  'Australia/Sydney': { lat: -33.8688, lng: 151.2093 },
  'Australia/Melbourne': { lat: -37.8136, lng: 144.9631 },
  'Australia/Brisbane': { lat: -27.4698, lng: 153.0251 },
  'Australia/Perth': { lat: -31.9523, lng: 115.8613 },
  'Australia/Adelaide': { lat: -34.9285, lng: 138.6007 },
}

/** The largest city of a zone that GigSta ships for. */
export const cityOf = (zone: string): { lat: number; lng: number } => CITIES[zone] ?? AUCKLAND

/** How many popular categories the start page shows. */
export const POPULAR = 8
/** How many services a page of a search has. */
export const SEARCH_LIMIT = 20
/** How many ratings are shown at first. */
export const RATINGS_LIMIT = 5
/** Around its middle a map of reports lists them as far as this, and as many. */
export const NEARBY = { radius_m: 5_000, limit: 50 }

/** Reports around a city; the map goes somewhere else where the address says so, or the account has one. */
function nearby({ query, zone, isSignedIn }: Place): readonly string[] {
  if (isSignedIn || query.has('lat') || query.has('category')) return []
  const { lat, lng } = cityOf(zone())
  return [`/v1/reports/nearby?lat=${lat}&lng=${lng}&radius_m=${NEARBY.radius_m}&limit=${NEARBY.limit}`]
}

/** Everything, as the start page and the header lead there, or one category; what else is asked for is worked out by the page. */
function search({ query }: Place): readonly string[] {
  const category = query.get('category')
  if ([...query.keys()].some((name) => name !== 'category')) return []
  return [`/v1/search/services?${category ? `category=${encodeURIComponent(category)}&` : ''}facets=true&limit=${SEARCH_LIMIT}`]
}

export const PAGES: readonly EarlyPage[] = [
  { path: '/', page: 'home/HomePage', reads: () => [`/v1/search/popular-categories?limit=${POPULAR}`] },
  { path: '/search', page: 'search/SearchPage', reads: (_id, place) => search(place) },
  {
    path: '/services/:id',
    page: 'services/ServicePage',
    reads: (id) => [`/v1/services/${id}`, `/v1/services/${id}/ratings?limit=${RATINGS_LIMIT}`],
  },
  { path: '/providers/:id', page: 'services/ProviderPage', reads: (id) => [`/v1/providers/${id}`] },
  { path: '/reports', page: 'reports/ReportsPage', reads: (_id, place) => [...nearby(place), '/v1/reports/categories'] },
  { path: '/reports/:id', page: 'reports/ReportPage' },
  { path: '/bookings', page: 'bookings/BookingsPage', signedIn: true },
  {
    path: '/bookings/:id',
    page: 'bookings/BookingPage',
    signedIn: true,
    reads: (id) => [`/v1/bookings/${id}`],
  },
  { path: '/inbox', page: 'inbox/InboxPage', signedIn: true },
  { path: '/provider', page: 'provider/TodayPage', signedIn: true },
  { path: '/sign-in', page: 'auth/SignInPage' },
]

/** The page at a path, with the id in it; null where nothing of it is asked for early. */
export function earlyPage(pathname: string): { page: EarlyPage; id: string } | null {
  for (const page of PAGES) {
    const found = new RegExp(`^${page.path.replace(':id', '(\\w+_\\w+)')}/?$`).exec(pathname)
    if (found) return { page, id: found[1] ?? '' }
  }
  return null
}
