import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api, kept } from '../src/session/api'
import { useSession } from '../src/session/session'
import { subjectOf } from '../src/session/subject'

const tokenOf = (sub: string): string => ['{}', JSON.stringify({ sub })].map((part) => btoa(part).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')).join('.') + '.x'
const tokens = (sub: string) => ({ access_token: tokenOf(sub), refresh_token: `of ${sub}` })
const reload = vi.fn()

setActivePinia(createPinia())
beforeEach(() => {
  reload.mockReset()
  vi.spyOn(location, 'reload').mockImplementation(reload)
  vi.spyOn(api, 'GET').mockImplementation((() => Promise.resolve({ data: { id: subjectOf(kept.accessToken ?? ''), roles: [] } })) as never)
})
afterEach(() => {
  kept.end()
  vi.restoreAllMocks()
})

it('reads whose a token is, and of no token nobody', () => {
  expect(subjectOf(tokenOf('usr_?>1'))).toBe('usr_?>1')
  expect(subjectOf('x')).toBeNull()
})

it('begins anew where another tab has signed in as somebody else, and not where it renews', async () => {
  const session = useSession()
  await session.begin(tokens('usr_1'))
  kept.start(tokens('usr_1'))
  expect(reload).not.toHaveBeenCalled()
  kept.start(tokens('usr_2'))
  expect(reload).toHaveBeenCalledOnce()
})

it('stays where somebody else signs in here', async () => {
  const session = useSession()
  await session.begin(tokens('usr_1'))
  await session.begin(tokens('usr_2'))
  expect(reload).not.toHaveBeenCalled()
})
