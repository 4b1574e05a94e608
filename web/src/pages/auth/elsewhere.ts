import { api } from '../../session/api'
import { dataOf } from '../../support/dataOf'

/** Where one may sign in instead. */
export const PROVIDERS = ['google', 'facebook'] as const
export type Provider = (typeof PROVIDERS)[number]

const KEY = 'gigsta.linking'

const begin = (provider: Provider) => dataOf(api.GET('/v1/auth/oauth/{provider}/authorize', { params: { path: { provider } } }))

/** Go and sign in there; the browser comes back to the callback page. */
export async function signInAt(provider: Provider): Promise<void> {
  location.assign((await begin(provider)).authorization_url)
}

/** Go and sign in there, to connect that with the account that is signed in here: its state comes back and says so. */
export async function linkAt(provider: Provider): Promise<void> {
  const { authorization_url: url, state } = await begin(provider)
  sessionStorage.setItem(KEY, state)
  location.assign(url)
}

/** Whether what came back with a state was begun to be connected; told once. */
export function takeLinking(state: string): boolean {
  const kept = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  return kept !== null && kept === state
}
