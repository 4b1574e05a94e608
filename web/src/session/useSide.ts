import { computed, type ComputedRef } from 'vue'
import { useRoute } from 'vue-router'
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
 * @param session who is signed in.
 * @returns null while it is not known yet who is signed in, on a page that people of each side open.
 */
export function sideOf(path: string, session: Pick<ReturnType<typeof useSession>, 'isSignedIn' | 'user' | 'isStaff' | 'isProvider'>): Side | null {
  const own = OWN.find(([, paths]) => paths.test(path))?.[0]
  if (session.isSignedIn && !session.user) return own ?? null
  const mine: readonly Side[] = [...(session.isStaff ? (['staff'] as const) : []), ...(session.isProvider ? (['provider'] as const) : []), 'customer']
  return own && mine.includes(own) ? own : (mine[0] ?? 'customer')
}

/** Whose navigation goes with the open page; before the first one is there, with the page that comes. */
export function useSide(): ComputedRef<Side | null> {
  const route = useRoute()
  const session = useSession()
  return computed(() => sideOf(route.matched.length ? route.path : location.pathname, session))
}
