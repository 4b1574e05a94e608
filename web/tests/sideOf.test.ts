import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useSession, type Account } from '../src/session/session'
import { sideOf } from '../src/session/useSide'

const SHARED = ['/notices', '/inbox', '/inbox/cnv_1', '/bookings', '/bookings/bkg_1', '/account', '/moderation', '/reports/rpt_1']

/** Sign somebody in, as far as the navigation can tell. */
function as(known: Partial<Account> | null): void {
  const session = useSession()
  session.isSignedIn = true
  session.user = known as Account | null
}

describe('whose navigation is shown', () => {
  beforeEach(() => setActivePinia(createPinia()))
  it('follows who one is on pages that people of each side open', () => {
    const sides = () => [...new Set(SHARED.map((path) => sideOf(path, useSession())))]
    expect(sides()).toEqual(['customer'])
    as({ roles: ['user'], provider_id: null })
    expect(sides()).toEqual(['customer'])
    as({ roles: ['user'], provider_id: 'prv_1' })
    expect(sides()).toEqual(['provider'])
    as({ roles: ['operator'], provider_id: null })
    expect(sides()).toEqual(['staff'])
  })
  it('is a customer’s where one looks for services, and nobody’s that one is not', () => {
    as({ roles: ['user'], provider_id: 'prv_1' })
    expect(['/', '/search', '/services/svc_1', '/job-requests/job_1', '/offers/off_1', '/provider', '/providers/prv_1'].map((path) => sideOf(path, useSession()))).toEqual([
      'customer', 'customer', 'customer', 'customer', 'provider', 'provider', 'customer',
    ])
    as({ roles: ['user'], provider_id: null })
    expect(['/provider', '/admin', '/onboarding'].map((path) => sideOf(path, useSession()))).toEqual(['customer', 'customer', 'customer'])
  })
  it('waits until it is known who is signed in, where that decides', () => {
    as(null)
    expect(['/bookings', '/provider', '/search'].map((path) => sideOf(path, useSession()))).toEqual([null, 'provider', 'customer'])
  })
})
