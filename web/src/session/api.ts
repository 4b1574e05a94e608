import { createGigsta } from '@gigsta/client'
import { early, kept } from '../early/start'

export { kept }

/** The API, under the address that the page came from. Refusals are thrown as `ApiError`. */
export const api = createGigsta({ session: kept, fetch: (request) => early.send(request) })
