import type { Schemas } from './schemas'

const KEY = 'gigsta.guest'

/** What a guest has said about themselves, and the time that is held for them. */
export interface Guest {
  serviceId: string
  start: string
  intent: Schemas['OpenedIntentView']
  name: string
  email: string
  phone: string
}

/** Keep it in this browser: after a reload the time that is taken is theirs, and nobody says twice who they are. */
export const keepGuest = (guest: Guest): void => localStorage.setItem(KEY, JSON.stringify(guest))

/** Forget it, as once the booking is made. */
export const forgetGuest = (): void => localStorage.removeItem(KEY)

/** What was kept, while the time is held. */
export function heldGuest(): Guest | null {
  try {
    const guest = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Guest | null
    if (guest && Date.parse(guest.intent.expires_at) > Date.now()) return guest
  } catch {
    // Not what we have written: as if nothing were there.
  }
  forgetGuest()
  return null
}
