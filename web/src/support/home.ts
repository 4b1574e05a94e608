import { useSession } from '../session/session'
import { ownZone } from '../time'

const AUCKLAND = { lat: -36.8509, lng: 174.7645 }
const CITIES: Record<string, { lat: number; lng: number }> = {
  'Australia/Sydney': { lat: -33.8688, lng: 151.2093 },
  'Australia/Melbourne': { lat: -37.8136, lng: 144.9631 },
  'Australia/Brisbane': { lat: -27.4698, lng: 153.0251 },
  'Australia/Perth': { lat: -31.9523, lng: 115.8613 },
  'Australia/Adelaide': { lat: -34.9285, lng: 138.6007 },
}

/** Where a map begins: the person's own address, else the largest city of the browser's zone, else Auckland. */
export function homePoint(): { lat: number; lng: number } {
  const address = useSession().user?.address
  if (address?.lat != null && address.lng != null) return { lat: address.lat, lng: address.lng }
  return CITIES[ownZone()] ?? AUCKLAND
}
