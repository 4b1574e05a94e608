import { api } from '../../session/api'
import { dataOf } from '../../support/dataOf'
import type { Schemas } from '../../support/schemas'

/** A guest's hold as it was opened, and to whom its link was mailed. */
export interface KeptIntent {
  intent: Schemas['OpenedIntentView']
  email: string
}
const keyOf = (serviceId: string): string => `gigsta.intent.${serviceId}`

/** Remember a hold in this tab: its secret is given once, and a page that is read anew would ask for the time again. */
export function keepIntent(serviceId: string, kept: KeptIntent): void {
  sessionStorage.setItem(keyOf(serviceId), JSON.stringify(kept))
}

/** The hold of this tab on a service's time, as long as it stands; one that became a booking or has ended is forgotten. */
export async function readIntent(serviceId: string): Promise<KeptIntent | null> {
  const text = sessionStorage.getItem(keyOf(serviceId))
  if (!text) return null
  const kept = JSON.parse(text) as KeptIntent
  const { id, secret } = kept.intent
  const now = await dataOf(api.GET('/v1/booking-intents/{intent_id}', { params: { path: { intent_id: id }, query: { secret } } })).catch(() => null)
  if (now?.status === 'pending') return { ...kept, intent: { ...now, secret } }
  sessionStorage.removeItem(keyOf(serviceId))
  return null
}
