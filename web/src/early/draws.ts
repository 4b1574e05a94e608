import type { Draw } from './sketch'

interface Drawn {
  load: () => Promise<Draw>
  /** The read that it is drawn of; not at all where the page reads something else, at once where it needs none. */
  of?: RegExp
}

/** The pages, by their components, that are drawn before the app is there. */
export const DRAWS: Record<string, Drawn> = {
  'home/HomePage': { load: async () => (await import('../drawn/home')).draw },
  'reports/ReportsPage': { load: async () => (await import('../drawn/reports')).draw as Draw, of: /\/nearby\?/ },
  'services/ServicePage': { load: async () => (await import('../drawn/service')).draw as Draw, of: /\/services\/\w+$/ },
  'bookings/BookingPage': { load: async () => (await import('../drawn/booking')).draw as Draw, of: /\/bookings\/\w+$/ },
}
