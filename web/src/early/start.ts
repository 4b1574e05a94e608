import { browserSession, renewalAt } from '@gigsta/client/session'
import { EarlyReads } from './reads'
import { Sketch } from './sketch'

const send = (request: Request): Promise<Response> => fetch(request)

/** The sign-in of this browser, shared by its tabs: the access token in memory, one renewal at a time over all of them. */
export const kept = browserSession()

/** What was asked for before the app was there. */
export const early = new EarlyReads(kept, renewalAt('', send), send)

/** What is seen before the app is there. */
export const sketch = new Sketch(() => document.getElementById('app'))
