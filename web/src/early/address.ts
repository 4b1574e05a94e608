/** What Stripe adds to the address that it comes back to: https://docs.stripe.com/payments/accept-a-payment. */
const STRIPES = /^(payment|setup)_intent|^redirect_status$/

/**
 * Take out of the address what Stripe has put there, before anything reads it.
 *
 * There are secrets in it, which belong neither in the history nor in what is asked for from here; each page asks the API
 * what has become of a payment.
 */
export function cleanAddress(): void {
  const address = new URL(location.href)
  const found = [...address.searchParams.keys()].filter((name) => STRIPES.test(name))
  if (!found.length) return
  for (const name of found) address.searchParams.delete(name)
  history.replaceState(history.state, '', address)
}
