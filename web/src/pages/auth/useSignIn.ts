import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { useSession } from '../../session/session'
import { codeOf, problemOf } from '../../support/explain'
import { isOwn } from '../../support/next'
import type { Schemas } from '../../support/schemas'

type Tokens = Schemas['Tokens']

/** Whatever signs in: it may ask for a second factor first, and leads on to where the person wanted to be. */
export function useSignIn(next: () => string | null) {
  const router = useRouter()
  const session = useSession()
  const challenge = ref<{ token: string; factors: string[] } | null>(null)

  /** Begin with tokens, and go on: to a guest's booking, or where the person came from. */
  async function begin(tokens: Tokens): Promise<void> {
    const user = await session.begin(tokens)
    if (tokens.booking_intent_id) {
      await router.replace({ name: 'welcome', query: { intent: tokens.booking_intent_id } })
      return
    }
    const wanted = next()
    await router.replace(wanted && isOwn(wanted) ? wanted : user?.provider_id ? '/provider' : session.isStaff ? '/admin' : '/')
  }

  /** Wait for tokens; keep the challenge where a second factor is asked for. */
  async function orFactor(signingIn: Promise<Tokens>, take: (tokens: Tokens) => Promise<void> = begin): Promise<void> {
    try {
      await take(await signingIn)
    } catch (error) {
      const problem = problemOf(error) as { challenge_token?: string; factors?: (string | { kind: string })[] } | null
      if (codeOf(error) !== 'factor_required' || !problem?.challenge_token) throw error
      challenge.value = { token: problem.challenge_token, factors: (problem.factors ?? []).map((each) => (typeof each === 'string' ? each : each.kind)) }
    }
  }
  return { challenge, begin, orFactor }
}
