import { config } from './config'

/** What is used of Stripe.js; the local Stripe's stand-in has the same. https://docs.stripe.com/js */
export interface StripeElement {
  mount(where: HTMLElement): void
  unmount(): void
  on(event: 'ready' | 'change', does: (said: { complete?: boolean }) => void): StripeElement
}
export interface StripeElements {
  create(kind: 'payment', options?: object): StripeElement
  submit(): Promise<{ error?: StripeFailure }>
}
export interface StripeFailure {
  type?: string
  code?: string
  message?: string
}
interface ConfirmOptions {
  elements: StripeElements
  clientSecret: string
  confirmParams: { return_url: string }
  redirect: 'if_required'
}
interface FoundIntent {
  error?: StripeFailure
  paymentIntent?: { status: string }
  setupIntent?: { status: string }
}
export interface Stripe {
  elements(options: { clientSecret: string; appearance?: object }): StripeElements
  confirmPayment(options: ConfirmOptions): Promise<{ error?: StripeFailure }>
  confirmSetup(options: ConfirmOptions): Promise<{ error?: StripeFailure }>
  handleNextAction(options: { clientSecret: string }): Promise<{ error?: StripeFailure }>
  retrievePaymentIntent(clientSecret: string): Promise<FoundIntent>
  retrieveSetupIntent(clientSecret: string): Promise<FoundIntent>
}
declare global {
  interface Window {
    Stripe?: (key: string) => Stripe
  }
}

let loading: Promise<Stripe | null> | null = null

/** Load Stripe.js from the address that the configuration names: it may not be bundled. Null where there is none. */
export function loadStripe(): Promise<Stripe | null> {
  return (loading ??= load().catch((error: unknown) => {
    loading = null
    throw error
  }))
}

async function load(): Promise<Stripe | null> {
  const { stripe_js: address, stripe_key: key } = await config()
  if (!address) return null
  if (!window.Stripe) {
    await new Promise<void>((done, failed) => {
      const script = document.createElement('script')
      script.src = address
      script.onload = () => done()
      script.onerror = () => failed(new Error('The payment form could not be loaded. Check your connection and try again.'))
      document.head.append(script)
    })
  }
  return window.Stripe?.(key) ?? null
}
