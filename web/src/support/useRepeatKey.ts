import { problemOf } from './explain'

const IN_FLIGHT = 'idempotency_in_flight'
const SERVER_ERROR = 500

/**
 * Sends a form under an idempotency key: a second press, or a press after a lost connection, is the same wish under the
 * same key; whatever was changed meanwhile makes it another wish. What was refused is asked anew, since the server
 * answers a key's second request as its first, and what stood in the way may be gone.
 */
export function useRepeatKey(): <T>(body: unknown, send: (key: string) => Promise<T>) => Promise<T> {
  let key = ''
  let wish: string | null = null
  return async (body, send) => {
    const text = JSON.stringify(body)
    if (text !== wish) {
      wish = text
      key = crypto.randomUUID()
    }
    try {
      return await send(key)
    } catch (reason) {
      const problem = problemOf(reason)
      if (problem && problem.code !== IN_FLIGHT && (problem.status ?? SERVER_ERROR) < SERVER_ERROR) wish = null
      throw reason
    }
  }
}
