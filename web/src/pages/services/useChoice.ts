import { computed, reactive, type ComputedRef } from 'vue'
import { ownLines } from '../../drawn/service'
import type { Sum } from '../../format'
import type { Schemas } from '../../support/schemas'

type Service = Schemas['ProvidersServiceView']

/** Which extras of a service are wanted, and what that costs and takes altogether. */
export interface Choice {
  quantities: Record<string, number>
  /** As the booking is asked for. */
  options: ComputedRef<{ option_id: string; quantity: number }[]>
  /** As slots are asked for, and as it stands in an address: `id:quantity`. */
  texts: ComputedRef<string[]>
  total: ComputedRef<Sum | null>
  minutes: ComputedRef<number>
  lines: ComputedRef<{ id: string; label: string; quantity: number; amount: Sum }[]>
}

/** Choose extras of a service; `chosen` are texts such as stand in an address. */
export function useChoice(service: () => Service | null, chosen: readonly string[] = []): Choice {
  const quantities = reactive<Record<string, number>>({})
  for (const text of chosen) {
    const [id, quantity] = text.split(':')
    if (id) quantities[id] = Math.max(1, Number(quantity) || 1)
  }
  const picked = computed(() => (service()?.options ?? []).flatMap((option) => (quantities[option.id] ? [{ option, quantity: quantities[option.id] ?? 0 }] : [])))
  return {
    quantities,
    options: computed(() => picked.value.map(({ option, quantity }) => ({ option_id: option.id, quantity }))),
    texts: computed(() => picked.value.map(({ option, quantity }) => `${option.id}:${quantity}`)),
    total: computed(() => {
      const base = service()?.total_price
      if (!base) return null
      return { ...base, amount: picked.value.reduce((sum, { option, quantity }) => sum + option.price.amount * quantity, base.amount) }
    }),
    minutes: computed(() => picked.value.reduce((sum, { option, quantity }) => sum + option.duration_minutes * quantity, service()?.duration_minutes ?? 0)),
    lines: computed(() => {
      const found = service()
      if (!found?.total_price) return []
      return [...ownLines(found), ...picked.value.map(({ option, quantity }) => ({ id: option.id, label: option.label, quantity, amount: { ...option.price, amount: option.price.amount * quantity } }))]
    }),
  }
}
