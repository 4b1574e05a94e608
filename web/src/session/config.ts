/** What differs from one deployment to the next; the build is the same for all of them. */
export interface WebConfig {
  /** Address of Stripe.js: Stripe's own, or the local Stripe's stand-in. Empty: cards cannot be taken here. */
  stripe_js: string
  /** The publishable key that it is given. */
  stripe_key: string
  /** Map tiles; without them the map draws land and water plainly. */
  tiles: { url: string; attribution: string } | null
  /** What services are sold in: that of the country where the marketplace's Stripe account is. */
  currency: string
  /** Where developers find mails and clocks, on a local cloud. */
  developer_pages: string
}

const NOTHING: WebConfig = { stripe_js: '', stripe_key: '', tiles: null, currency: 'nzd', developer_pages: '' }
let reading: Promise<WebConfig> | null = null

/** Read the configuration, once. */
export function config(): Promise<WebConfig> {
  return (reading ??= fetch('/config.json')
    .then(async (answer) => (answer.ok ? { ...NOTHING, ...((await answer.json()) as Partial<WebConfig>) } : NOTHING))
    .catch(() => {
      reading = null
      return NOTHING
    }))
}
