import { cityOf } from '../early/pages'
import { useSession } from '../session/session'
import { ownZone } from '../time'

/** Where a map begins: the person's own address, else the largest city of the browser's zone, else Auckland. */
export function homePoint(): { lat: number; lng: number } {
  const address = useSession().user?.address
  if (address?.lat != null && address.lng != null) return { lat: address.lat, lng: address.lng }
  return cityOf(ownZone())
}
