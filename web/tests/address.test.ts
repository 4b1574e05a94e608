import { beforeEach, expect, it } from 'vitest'
import { cleanAddress } from '../src/early/address'

const cleaned = (address: string): string => {
  history.replaceState({ kept: true }, '', address)
  cleanAddress()
  return location.pathname + location.search + location.hash
}

beforeEach(() => history.replaceState(null, '', '/'))

it('takes out what Stripe comes back with, on whatever page, and leaves everything else', () => {
  const stripes = 'setup_intent=seti_1&setup_intent_client_secret=seti_1_secret_2&redirect_status=succeeded'
  expect(cleaned(`/account?${stripes}`)).toBe('/account')
  expect(cleaned(`/bookings/bkg_1?from=mail&${stripes.replaceAll('setup', 'payment')}#chat`)).toBe('/bookings/bkg_1?from=mail#chat')
  expect(history.state).toEqual({ kept: true })
})

it('leaves an address as it is that Stripe has put nothing into', () => {
  expect(cleaned('/search?q=hedge%20and+lawn&category=gardening')).toBe('/search?q=hedge%20and+lawn&category=gardening')
})
