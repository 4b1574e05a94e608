import { memorySession, type Session } from '@gigsta/client/session'
import { beforeEach, expect, it } from 'vitest'
import { PAGES, earlyPage, type Place } from '../src/early/pages'
import { EarlyReads } from '../src/early/reads'
import { router } from '../src/router'

const PLACE: Place = { query: new URLSearchParams(), zone: () => 'Pacific/Auckland', isSignedIn: false }
const components = import.meta.glob('../src/pages/*/*Page.vue')
const SERVICE = '/v1/services/svc_1'
const SIGNED_IN = { access_token: '', refresh_token: 'r1' }

let asked: Request[] = []
/** What each address answers, the next time that it is asked. */
let answers: Record<string, (() => Promise<Response>)[]> = {}
const send = async (request: Request): Promise<Response> => {
  asked.push(request)
  const path = new URL(request.url).pathname
  return (await answers[path]?.shift()?.()) ?? new Response(`${path} as ${request.headers.get('authorization')}`)
}
const paths = (): string[] => asked.map((each) => new URL(each.url).pathname)
const call = (authorization: string | null = null, path = SERVICE): Request =>
  new Request(new URL(path, location.origin), { headers: authorization ? { authorization } : {}, credentials: 'include' })

/** Reads of somebody whose sign-in has to be renewed first, or of nobody. */
function readsOf(session: Session = memorySession()): EarlyReads {
  const renewal = async (): Promise<Response> => {
    asked.push(call(null, '/v1/auth/refresh'))
    return (await answers['/v1/auth/refresh']?.shift()?.()) ?? Response.json({ access_token: 'a1', refresh_token: 'r2' })
  }
  return new EarlyReads(session, renewal, send)
}
function signedIn(): Session {
  const session = memorySession(SIGNED_IN)
  return Object.assign(session, { accessToken: null })
}

beforeEach(() => {
  asked = []
  answers = {}
})

it('knows routes that there are, with their own components', () => {
  for (const { path, page, signedIn } of PAGES) {
    const route = router.getRoutes().find((each) => each.path === path)
    expect(route?.meta.signedIn ?? false, path).toBe(signedIn ?? false)
    expect(String(route?.components?.default), path).toContain(`${page.split('/')[1]}.vue`)
    expect(components, path).toHaveProperty([`../src/pages/${page}.vue`])
  }
})

it('takes ids of the API for pages, and no other word', () => {
  expect(earlyPage('/reports/rpt_1')?.page.page).toBe('reports/ReportPage')
  expect(earlyPage('/services/svc_1/')?.id).toBe('svc_1')
  for (const path of ['/reports/new', '/reports/mine', '/services/svc_1/more', '/nowhere']) expect(earlyPage(path)).toBeNull()
})

it('reads nothing for a page that its address asks more of', () => {
  const readsAt = (path: string, query: string, more: Partial<Place> = {}) =>
    earlyPage(path)?.page.reads?.('', { ...PLACE, query: new URLSearchParams(query), ...more })
  expect(readsAt('/search', '')).toEqual(['/v1/search/services?facets=true&limit=20'])
  expect(readsAt('/search', 'category=lawn')).toEqual(['/v1/search/services?category=lawn&facets=true&limit=20'])
  expect(readsAt('/search', 'category=lawn&when=today')).toEqual([])
  expect(readsAt('/reports', '', { zone: () => 'Australia/Perth' })?.[0]).toContain('lat=-31.9523&lng=115.8613')
  for (const query of ['lat=1&lng=2', 'category=tree']) expect(readsAt('/reports', query)).toEqual(['/v1/reports/categories'])
  expect(readsAt('/reports', '', { isSignedIn: true })).toEqual(['/v1/reports/categories'])
})

it('gives what was begun to the first who asks for it, and sends all else', async () => {
  const reads = readsOf()
  reads.begin([SERVICE])
  expect(await (await reads.send(call())).text()).toBe(`${SERVICE} as null`)
  expect(paths()).toEqual([SERVICE])
  await reads.send(call())
  await reads.send(call(null, '/v1/categories'))
  await reads.send(new Request(call(), { method: 'POST' }))
  expect(paths()).toEqual([SERVICE, SERVICE, '/v1/categories', SERVICE])
})

it('renews a sign-in once for all that it reads', async () => {
  const reads = readsOf(signedIn())
  reads.begin(['/v1/users/me', SERVICE])
  expect(await (await reads.send(call('Bearer a1'))).text()).toBe(`${SERVICE} as Bearer a1`)
  expect(await (await reads.send(call('Bearer a1', '/v1/users/me'))).text()).toBe('/v1/users/me as Bearer a1')
  expect(paths()).toEqual(['/v1/auth/refresh', '/v1/users/me', SERVICE])
})

it('says when a renewal is on its way, and when its answer is there', async () => {
  const said: string[] = []
  let answer = (_: Response): void => undefined
  answers = { '/v1/auth/refresh': [() => new Promise((done) => (answer = done))] }
  const reads = readsOf(signedIn())
  reads.begin([SERVICE])
  void reads.asked.then(() => said.push('asked'))
  void reads.renewed.then(() => said.push('renewed'))
  await reads.asked
  expect(said).toEqual(['asked'])
  answer(Response.json({ access_token: 'a1', refresh_token: 'r2' }))
  await reads.renewed
  expect(said).toEqual(['asked', 'renewed'])
  expect(paths()).toEqual(['/v1/auth/refresh', SERVICE])
})

it('waits for nothing where nobody is signed in', async () => {
  const reads = readsOf()
  reads.begin([SERVICE])
  expect(paths()).toEqual([SERVICE])
  await Promise.all([reads.asked, reads.renewed])
})

it('gives nobody what was read for somebody else', async () => {
  const session = signedIn()
  const reads = readsOf(session)
  reads.begin([SERVICE, '/v1/users/me'])
  expect(await (await reads.send(call())).text()).toBe(`${SERVICE} as null`)
  expect(await (await reads.send(call('Bearer other', '/v1/users/me'))).text()).toBe('/v1/users/me as Bearer other')
})

it('leaves it to the client where a sign-in cannot be renewed, or nothing answers', async () => {
  const session = signedIn()
  answers = { '/v1/auth/refresh': [async () => new Response(null, { status: 401 })] }
  const refused = readsOf(session)
  refused.begin([SERVICE])
  await refused.send(call())
  expect(session.isSignedIn).toBe(false)
  expect(paths()).toEqual(['/v1/auth/refresh', SERVICE])

  asked = []
  answers = { [SERVICE]: [() => Promise.reject(new TypeError('Nobody answers.'))] }
  const lost = readsOf()
  lost.begin([SERVICE])
  expect((await lost.send(call())).ok).toBe(true)
  expect(paths()).toEqual([SERVICE, SERVICE])
})

it('shows what was read before the client takes it', async () => {
  answers = { [SERVICE]: [async () => Response.json({ id: 'svc_1' })], '/v1/users/me': [async () => new Response('{}', { status: 403 })] }
  const reads = readsOf()
  reads.begin([SERVICE, '/v1/users/me'])
  const [seen, taken, refused] = await Promise.all([reads.seen(SERVICE), reads.send(call()), reads.seen('/v1/users/me')])
  expect(seen).toEqual({ id: 'svc_1' })
  expect(await taken.json()).toEqual({ id: 'svc_1' })
  expect([refused, await reads.seen('/v1/other')]).toEqual([null, null])
  expect(paths()).toEqual([SERVICE, '/v1/users/me'])
})

it('keeps nothing for the next page', async () => {
  const reads = readsOf()
  reads.begin([SERVICE])
  reads.forget()
  await reads.send(call())
  expect(paths()).toEqual([SERVICE, SERVICE])
})
