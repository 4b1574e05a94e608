/**
 * The idempotency key of a form: a second press, or a press after a lost connection, is the same wish under the same
 * key; whatever was changed meanwhile makes it another wish.
 */
export function useRepeatKey(): (body: unknown) => string {
  let key = ''
  let wish: string | null = null
  return (body) => {
    const text = JSON.stringify(body)
    if (text !== wish) {
      wish = text
      key = crypto.randomUUID()
    }
    return key
  }
}
