import { kept } from './api'

/** Push messages of this browser: they are for one account, and end with its sign-in, at the server too. */

/** Where the id of the account is kept that switched them on here. */
const KEY = 'gigsta.push'

/** Whether this browser can show push messages. */
export const canPush = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window

const subscription = async (): Promise<PushSubscription | null> => (await navigator.serviceWorker.getRegistration('/'))?.pushManager.getSubscription() ?? null

/** The subscription that an account made here; null where there is none, or it is another's. */
export async function pushOf(account: string): Promise<PushSubscription | null> {
  return canPush() && localStorage.getItem(KEY) === account ? subscription() : null
}

/** Note whose the subscription of this browser is. */
export const keepPush = (account: string): void => localStorage.setItem(KEY, account)

/** End them in this browser. */
export async function endPush(): Promise<void> {
  localStorage.removeItem(KEY)
  if (canPush()) await (await subscription())?.unsubscribe()
}

/** End those of another account: who has signed in instead is not shown them. */
export function endForeignPush(account: string): void {
  const owner = localStorage.getItem(KEY)
  if (owner !== null && owner !== account) void endPush().catch(() => null)
}

kept.subscribe((isIn) => isIn || void endPush().catch(() => null))
