/** What the types must allow and refuse; compiled, never run. */
import { createGigsta, items, type BookingView } from '../src/index.ts'

const gigsta = createGigsta({ baseUrl: 'http://localhost:8000' })

export async function uses(): Promise<BookingView[]> {
  const { data } = await gigsta.GET('/v1/bookings/{booking_id}', { params: { path: { booking_id: 'bkg_1' } } })
  const booking: BookingView = data
  const { data: made } = await gigsta.POST('/v1/bookings', {
    body: { service_id: 'svc_1', start_at: '2026-11-20T09:00:00Z' },
    headers: { 'Idempotency-Key': 'k' },
  })
  // @ts-expect-error: there is no such path
  await gigsta.GET('/v1/bookingz')
  // @ts-expect-error: the path needs its parameter
  await gigsta.GET('/v1/bookings/{booking_id}')
  const all: BookingView[] = [booking, made]
  for await (const each of items((cursor) => gigsta.GET('/v1/bookings', { params: { query: { role: 'customer', cursor } } }))) {
    all.push(each)
  }
  await gigsta.DELETE('/v1/media/{id}', { params: { path: { id: 'med_1' } } })
  return all
}
