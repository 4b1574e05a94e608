import { useRoute, useRouter } from 'vue-router'
import { useSession } from '../session/session'

/** Whether somebody is signed in, for what needs an account: who has none is led to sign in, and back to this page. */
export function useSignedIn(): () => boolean {
  const [route, router, session] = [useRoute(), useRouter(), useSession()]
  return () => {
    if (!session.isSignedIn) void router.push({ name: 'sign-in', query: { next: route.fullPath } })
    return session.isSignedIn
  }
}
