const KEY = 'gigsta.reports'

/** Edit tokens of reports that were made here without an account, by the report's id. */
function kept(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, string>
  } catch {
    return {}
  }
}

/** The token of a report: of the link that led here, else as it was kept in this browser. */
export function tokenOf(id: string): string | null {
  const ofLink = new URLSearchParams(location.search).get('edit_token')
  if (ofLink) keepToken(id, ofLink)
  return ofLink ?? kept()[id] ?? null
}

/** Keep the token that comes once, with the answer of the new report. */
export function keepToken(id: string, token: string): void {
  localStorage.setItem(KEY, JSON.stringify({ ...kept(), [id]: token }))
}

/** Forget a token that opens nothing any more. */
export function forgetToken(id: string): void {
  const { [id]: _, ...rest } = kept()
  localStorage.setItem(KEY, JSON.stringify(rest))
}

/** The header that opens a report to its author without an account. */
export const tokenHeader = (token: string | null): Record<string, string> => (token ? { 'X-Edit-Token': token } : {})
