import { api } from '../../session/api'
import { dataOf } from '../../support/dataOf'
import { problemOf } from '../../support/explain'
import type { Schemas } from '../../support/schemas'

/** A guest's hold as it was opened, and to whom its link was mailed. */
export interface KeptIntent {
  intent: Schemas['OpenedIntentView']
  email: string
}
/** Other failures say nothing about the hold. */
const GONE: readonly (number | undefined)[] = [403, 404, 410]
const keyOf = (serviceId: string): string => `gigsta.intent.${serviceId}`

/** Remember a hold in this tab: its secret is given once, and a page that is read anew would ask for the time again. */
export function keepIntent(serviceId: string, kept: KeptIntent): void {
  sessionStorage.setItem(keyOf(serviceId), JSON.stringify(kept))
}

/** The hold of this tab on a service's time, as long as it stands; one that became a booking or has ended is forgotten, and one that cannot be read is as it was. */
export async function readIntent(serviceId: string): Promise<KeptIntent | null> {
  const text = sessionStorage.getItem(keyOf(serviceId))
  if (!text) return null
  const kept = JSON.parse(text) as KeptIntent
  const { id, secret } = kept.intent
  const now: Omit<KeptIntent['intent'], 'secret'> | null = await dataOf(api.GET('/v1/booking-intents/{intent_id}', { params: { path: { intent_id: id }, query: { secret } } })).catch((reason: unknown) =>
    GONE.includes(problemOf(reason)?.status) ? null : kept.intent,
  )
  if (now?.status === 'pending') return { ...kept, intent: { ...now, secret } }
  sessionStorage.removeItem(keyOf(serviceId))
  return null
}
