import { browserSession, createGigsta } from '@gigsta/client'

/** The sign-in of this browser, shared by its tabs: the access token in memory, one renewal at a time over all of them. */
export const kept = browserSession()

/** The API, under the address that the page came from. Refusals are thrown as `ApiError`. */
export const api = createGigsta({ session: kept })
