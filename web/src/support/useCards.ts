import { shallowRef, type ShallowRef } from 'vue'
import { api } from '../session/api'
import { dataOf } from './dataOf'
import type { Schemas } from './schemas'

/** One's saved cards to choose among, read once when they are asked for. */
export function useCards(): { cards: ShallowRef<Schemas['CardView'][]>; error: ShallowRef<unknown>; load: () => Promise<void> } {
  const cards = shallowRef<Schemas['CardView'][]>([])
  const error = shallowRef<unknown>(null)
  let isRead = false
  async function load(): Promise<void> {
    if (isRead) return
    error.value = null
    try {
      cards.value = (await dataOf(api.GET('/v1/payments/methods', { params: { query: { limit: 10 } } }))).items
      isRead = true
    } catch (reason) {
      error.value = reason
    }
  }
  return { cards, error, load }
}
