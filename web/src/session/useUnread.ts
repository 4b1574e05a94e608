import { watch } from 'vue'
import { dataOf } from '../support/dataOf'
import { api } from './api'
import { liveStream, useLive } from './live'
import { useSession } from './session'

/** Keep the number of unread notices, as they come; what happens to the person is told from here on. */
export function useUnread(): void {
  const session = useSession()
  async function read(): Promise<void> {
    if (!session.isSignedIn) return
    const inbox = await dataOf(api.GET('/v1/notifications', { params: { query: { limit: 1, unread_only: true } } })).catch(() => null)
    if (inbox) session.unread = inbox.unread_count
  }
  watch(
    () => session.user?.id,
    (id) => {
      if (!id) return
      void read()
      void liveStream()
    },
    { immediate: true },
  )
  useLive('notices', read)
}
