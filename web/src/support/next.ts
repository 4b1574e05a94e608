const KEY = 'gigsta.next'
/** As long as somebody may take to register: the mail's link opens another tab. */
const LASTS_MS = 60 * 60_000

/** Keep where somebody wanted to go before they had to sign in or to register; null forgets an earlier wish. */
export function keepNext(path: string | null): void {
  if (path === null) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, JSON.stringify({ path, until: Date.now() + LASTS_MS }))
}

/** Where they wanted to go, once, unless it is too long ago; a path of this app alone. */
export function takeNext(): string | null {
  const kept = localStorage.getItem(KEY)
  localStorage.removeItem(KEY)
  try {
    const { path, until } = JSON.parse(kept ?? '{}') as { path?: string; until?: number }
    return path !== undefined && isOwn(path) && Date.now() < (until ?? 0) ? path : null
  } catch {
    return null
  }
}

/** Whether a path stays within this app. */
export const isOwn = (path: string): boolean => path.startsWith('/') && !path.startsWith('//')
