import { watch } from 'vue'
import { dataOf } from '../support/dataOf'
import { api } from './api'
import { useLive } from './live'
import { useSession } from './session'

/** Keep the number of unread notices, as they come. */
export function useUnread(): void {
  const session = useSession()
  async function read(): Promise<void> {
    if (!session.isSignedIn) return
    const inbox = await dataOf(api.GET('/v1/notifications', { params: { query: { limit: 1, unread_only: true } } })).catch(() => null)
    if (inbox) session.unread = inbox.unread_count
  }
  watch(() => session.user?.id, read, { immediate: true })
  useLive('notices', read)
}
