/** An API that answers what a test says. */
import { createGigsta, memorySession, type Gigsta, type GigstaOptions } from '../src/index.ts'

export const BASE = 'http://api.test'

export type Respond = (request: Request, body: unknown) => Response | Promise<Response>

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } })
}

export function problem(status: number, code: string, headers: Record<string, string> = {}, more: object = {}): Response {
  const document = { type: `urn:problem-type:gigsta:${code}`, title: 'No', status, detail: 'Because.', code, request_id: 'r', ...more }
  return json(document, status, { 'content-type': 'application/problem+json', ...headers })
}

/** A client of a fake, and what it was asked. */
export function clientOf(respond: Respond, options: GigstaOptions = {}): { gigsta: Gigsta; asked: Request[] } {
  const asked: Request[] = []
  const gigsta = createGigsta({
    baseUrl: BASE,
    session: memorySession(),
    fetch: async (request) => {
      asked.push(request)
      const text = await request.clone().text()
      return respond(request, text ? JSON.parse(text) : null)
    },
    ...options,
  })
  return { gigsta, asked }
}
