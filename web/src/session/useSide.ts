import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useSession } from './session'

/** Whose navigation is shown. */
export type Side = 'customer' | 'provider' | 'staff'

/** Pages of one side alone; everywhere else it is decided by who is signed in. */
const OWN: readonly [Side, RegExp][] = [
  ['provider', /^\/(provider|offers|onboarding)(\/|$)/],
  ['staff', /^\/admin(\/|$)/],
  ['customer', /^\/($|(search|services|providers|checkout|job-requests)(\/|$))/],
]

/**
 * Whose navigation goes with a page: that of who one is, and a customer's where somebody looks for services.
 *
 * @param path of the page.
 * @returns null while it is not known yet who is signed in, on a page that people of each side open.
 */
export function useSide(path: MaybeRefOrGetter<string>): ComputedRef<Side | null> {
  const session = useSession()
  return computed(() => {
    const own = OWN.find(([, paths]) => paths.test(toValue(path)))?.[0]
    if (session.isSignedIn && !session.user) return own ?? null
    const mine: readonly Side[] = [...(session.isStaff ? (['staff'] as const) : []), ...(session.isProvider ? (['provider'] as const) : []), 'customer']
    return own && mine.includes(own) ? own : (mine[0] ?? 'customer')
  })
}
