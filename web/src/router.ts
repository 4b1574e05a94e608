import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw, type RouteRecordRaw } from 'vue-router'
import { shallowRef } from 'vue'
import t from '@texts/common'
import { early } from './early/start'
import { useSession } from './session/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Of the window. */
    title?: string
    /** Whoever is not signed in is asked to, and comes back. */
    signedIn?: boolean
    /** It does without the account at first, which is read beside it. */
    accountLater?: boolean
    /** The page fills the window beside the header, without a footer. */
    full?: boolean
  }
}

// Each area says itself which pages it has.
const areas = import.meta.glob<RouteRecordRaw[]>('./pages/*/routes.ts', { eager: true, import: 'routes' })

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...Object.values(areas).flat(),
    { path: '/:path(.*)*', name: 'not-found', component: () => import('./pages/home/NotFoundPage.vue'), meta: { title: t.notFound } },
  ],
  scrollBehavior: (to, from, kept) => kept ?? (to.hash ? { el: to.hash } : to.path === from.path ? undefined : { top: 0 }),
})

const signIn = (to: RouteLocationNormalized): RouteLocationRaw => ({ name: 'sign-in', query: { next: to.fullPath } })

/** A page that could not be opened, and why, until one is asked for again: whoever pressed a link is told. */
export const unopened = shallowRef<{ to: RouteLocationNormalized; error: unknown } | null>(null)

// A page's code comes while it is asked who is signed in; where it cannot be had, opening the page says so.
router.beforeEach((to) => {
  unopened.value = null
  for (const { components } of to.matched) {
    const load = components?.default
    if (typeof load === 'function') void (load as () => Promise<unknown>)().catch(() => undefined)
  }
})

router.beforeEach(async (to) => {
  if (!to.meta.signedIn) return true
  const session = useSession()
  const isIn = session.isSignedIn && (to.meta.accountLater ? await session.renewed() : await session.load())
  return isIn ? true : signIn(to)
})

// Once more when its code is there: meanwhile the sign-in may have ended.
router.beforeResolve((to) => (to.meta.signedIn && !useSession().isSignedIn ? signIn(to) : true))

router.afterEach((to, from) => {
  if (from.matched.length) early.forget()
  document.title = to.meta.title ? `${to.meta.title} · ${t.product}` : t.product
})

// After a deployment an open page's chunks may be gone: the page is read anew, once. Without a connection it stays, with what
// was typed into it: the browser's own page about that would cover it.
router.onError((error, to) => {
  if (navigator.onLine && /dynamically imported module|Importing a module script failed/.test(String(error))) location.assign(to.fullPath)
  else unopened.value = { to, error }
})
