import { computed, watch, type Ref } from 'vue'
import t from '@texts/provider'
import { api } from '../../session/api'
import { dataOf } from '../../support/dataOf'
import { stamp } from '../../support/moments'
import type { Schemas } from '../../support/schemas'
import { useLoad } from '../../support/useLoad'
import { addDays, instantOf } from '../../time'

/** Something in a provider's week. */
export interface WeekEntry {
  id: string
  kind: 'job' | 'waiting' | 'hold' | 'private' | 'manual'
  start_at: string
  end_at: string
  label: string
  to: string | null
  /** What was typed, of a booking that was entered by hand. */
  manual?: Schemas['ManualBookingView']
}

type Shown = Exclude<Schemas['JobView']['status'], 'pending_payment' | 'payment_expired'>
const SHOWN: Shown[] = ['requested', 'accepted', 'in_progress', 'completed', 'no_show', 'disputed', 'settled']

/** As many as one call may have of each. */
const MOST = 100
const MINUTE_MS = 60_000

/**
 * What a provider's week holds: jobs, requests that wait, time kept free, and bookings entered by hand; and what is held
 * for quotes and for proposed new times, which lists know by when the job was to be, so all of these are asked for.
 */
export function useWeek(monday: Ref<string>, zone: Ref<string | undefined>) {
  const span = computed(() => {
    const timezone = zone.value ?? 'UTC'
    return { from: stamp(instantOf(monday.value, timezone)), to: stamp(instantOf(addDays(monday.value, 7), timezone)) }
  })
  const loaded = useLoad(async () => {
    if (!zone.value) return null
    const query = { ...span.value, limit: MOST }
    const [jobs, blocks, manual, offers, agreed] = await Promise.all([
      dataOf(api.GET('/v1/providers/me/jobs', { params: { query: { ...query, status: SHOWN } } })),
      dataOf(api.GET('/v1/providers/me/blocks', { params: { query } })),
      dataOf(api.GET('/v1/providers/me/manual-bookings', { params: { query } })),
      dataOf(api.GET('/v1/offers', { params: { query: { status: ['open'], limit: MOST } } })),
      dataOf(api.GET('/v1/bookings', { params: { query: { role: 'provider', status: ['accepted'], from: stamp(new Date()), limit: MOST } } })),
    ])
    return { jobs: jobs.items, blocks: blocks.items, manual: manual.items, offers: offers.items, agreed: agreed.items }
  })
  watch([monday, zone], loaded.reload)
  const entries = computed<WeekEntry[]>(() => {
    const found = loaded.data.value
    if (!found) return []
    const all: WeekEntry[] = [
      ...found.jobs.map((job) => ({ id: job.id, kind: job.status === 'requested' ? ('waiting' as const) : ('job' as const), start_at: job.start_at, end_at: job.end_at, label: job.title, to: `/bookings/${job.id}` })),
      ...found.blocks.map((block) => ({ id: block.id, kind: 'private' as const, start_at: block.start_at, end_at: block.end_at, label: block.reason || t.calendar.private, to: null })),
      ...found.manual.map((each) => ({ id: each.id, kind: 'manual' as const, start_at: each.start_at, end_at: each.end_at, label: `${each.title} · ${each.customer_name}`, to: null, manual: each })),
      ...found.offers.flatMap(({ id, quote, minutes, job }) =>
        quote ? [{ id, kind: 'hold' as const, start_at: quote.start_at, end_at: stamp(new Date(Date.parse(quote.start_at) + minutes * MINUTE_MS)), label: t.calendar.quoted(job.title), to: `/offers/${id}` }] : [],
      ),
      ...found.agreed.flatMap(({ id, reschedule, service }) =>
        reschedule ? [{ id: `${id}/new`, kind: 'hold' as const, start_at: reschedule.start_at, end_at: reschedule.end_at, label: t.calendar.moved(service.title), to: `/bookings/${id}` }] : [],
      ),
    ]
    return all.filter((each) => each.end_at > span.value.from && each.start_at < span.value.to).sort((one, other) => one.start_at.localeCompare(other.start_at))
  })
  return { ...loaded, entries, span }
}
