import { watch } from 'vue'
import { useSession } from '../session/session'

const PREFIX = 'gigsta.draft.'
/** A form that was left longer ago than this begins anew: its days and times would be of the past. */
const LASTS_MS = 12 * 60 * 60_000

interface Kept {
  owner: string | null
  at: number
  values: Record<string, unknown>
}

function read(key: string): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? 'null') as Kept | null
    return kept && Date.now() - kept.at < LASTS_MS ? kept : null
  } catch {
    return null
  }
}

/**
 * Keep what is typed into a form in this tab, over a reload, the back button and a detour to sign in.
 *
 * It is for whoever typed it: another person who signs in here sees nothing of it. What was typed while nobody was
 * signed in goes on with whoever signs in next.
 *
 * @param key The form; of one that an address fills in, the address.
 * @param form A reactive object of plain values; what is not to be kept stands elsewhere.
 * @returns What forgets it, as once it was sent.
 */
export function useDraft(key: string, form: Record<string, unknown>): () => void {
  const session = useSession()
  const owner = (): string | null => session.user?.id ?? null
  const first = Object.fromEntries(Object.entries(form).map(([name, value]) => [name, JSON.stringify(value)]))
  /** What was touched meanwhile stays as it is. */
  const take = (values: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(values)) if (name in form && JSON.stringify(form[name]) === first[name]) form[name] = value
  }
  const kept = read(key)
  if (kept?.owner === null) take(kept.values)
  else if (kept) {
    void session.load().then(
      () => kept.owner === owner() && take(kept.values),
      () => undefined,
    )
  }
  let isForgotten = false
  watch(
    () => JSON.stringify(form),
    (values) => {
      // Whose it is must be known first.
      if (isForgotten || (session.isSignedIn && !session.user)) return
      const draft: Kept = { owner: owner(), at: Date.now(), values: JSON.parse(values) as Record<string, unknown> }
      try {
        sessionStorage.setItem(PREFIX + key, JSON.stringify(draft))
      } catch {
        // A browser that keeps nothing: the form works as it did.
      }
    },
  )
  return () => {
    isForgotten = true
    sessionStorage.removeItem(PREFIX + key)
  }
}
