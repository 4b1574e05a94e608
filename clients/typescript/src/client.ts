import createClient, { type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch'
import type { HttpMethod, MediaType, PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers'

import type { paths } from './generated/schema.ts'
import { errorOf } from './problem.ts'
import { sender } from './sending.ts'
import { memorySession, type Session } from './session.ts'

/** How a client is made. */
export interface GigstaOptions {
  /** The API's address without `/v1` and without a slash at its end; in a browser, the page's own where it is left out. */
  baseUrl?: string
  /** `browserSession()` in a browser; kept in memory where it is left out. */
  session?: Session
  /** What sends requests. */
  fetch?: (request: Request) => Promise<Response>
  /** How often a call is tried again after a lost connection, a 429 or a 503. */
  retries?: number
  /** The longest wait that the server may ask for, in seconds; a longer one is an error at once. */
  longestWait?: number
}

type Init<Fields> = RequiredKeysOf<Fields> extends never
  ? [(Fields & Record<string, unknown>)?]
  : [Fields & Record<string, unknown>]

/** The answer of a call that succeeded; every other one is thrown as an `ApiError`. */
export type Answer<Operation extends Record<string | number, unknown>, Fields> = Extract<
  FetchResponse<Operation, Fields, MediaType>,
  { data: unknown }
>

type Call<Method extends HttpMethod> = <
  Path extends PathsWithMethod<paths, Method>,
  Fields extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...init: Init<Fields>
) => Promise<Answer<paths[Path][Method] & Record<string | number, unknown>, Fields>>

/** The API of one marketplace, for one person. */
export interface Gigsta {
  readonly baseUrl: string
  readonly session: Session
  GET: Call<'get'>
  PUT: Call<'put'>
  POST: Call<'post'>
  PATCH: Call<'patch'>
  DELETE: Call<'delete'>
}

/** Make a client. */
export function createGigsta(options: GigstaOptions = {}): Gigsta {
  const { baseUrl = '', session = memorySession(), retries = 2, longestWait = 10 } = options
  const send = sender({ fetch: options.fetch ?? ((request) => fetch(request)), session, baseUrl, retries, longestWait })
  const client = createClient<paths>({ baseUrl, fetch: send, credentials: 'include' })
  client.use({
    onResponse: async ({ response }) => {
      if (!response.ok) throw await errorOf(response)
    },
  })
  return { baseUrl, session, ...client } as unknown as Gigsta
}
