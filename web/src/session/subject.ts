/** Whose an access token is, as it says itself (RFC 7519); nothing of it is proven here. */
export function subjectOf(accessToken: string): string | null {
  try {
    const [, payload = ''] = accessToken.split('.')
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: unknown }
    return typeof claims.sub === 'string' ? claims.sub : null
  } catch {
    return null
  }
}
