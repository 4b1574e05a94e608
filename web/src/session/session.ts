import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { early } from '../early/start'
import { dataOf } from '../support/dataOf'
import type { Schemas } from '../support/schemas'
import { api, kept } from './api'
import { subjectOf } from './subject'
import { endForeignPush } from './push'

export type Account = Schemas['AccountView']
type Role = Account['roles'][number]

const STAFF: ReadonlySet<Role> = new Set<Role>(['moderator', 'operator', 'admin', 'super_admin'])

/** Where this tab keeps messages that are still to be sent (`outbox.ts`, which is only read where there are any). */
export const OUTBOX = 'gigsta.outbox'

/** Who is signed in here. */
export const useSession = defineStore('session', () => {
  const user = shallowRef<Account | null>(null)
  const isSignedIn = ref(kept.isSignedIn)
  const unread = ref(0)
  /** How often a sign-in has ended other than by this tab's own doing: in another tab, or because it was too old. */
  const ended = ref(0)
  let loading: Promise<Account | null> | null = null

  /** The account, read once; null where nobody is signed in, or the sign-in has ended. */
  function load(): Promise<Account | null> {
    if (!kept.isSignedIn) return Promise.resolve(null)
    if (user.value) return Promise.resolve(user.value)
    return (loading ??= reload().finally(() => (loading = null)))
  }

  /** Whether somebody is signed in, once a sign-in of an earlier visit was renewed; the account may not be known yet. */
  async function renewed(): Promise<boolean> {
    await early.renewed
    return kept.isSignedIn
  }

  /** Read the account again, as after a change. */
  async function reload(): Promise<Account | null> {
    try {
      user.value = await dataOf(api.GET('/v1/users/me'))
      endForeignPush(user.value.id)
    } catch (error) {
      if ((error as { status?: number }).status !== 401) throw error
      if (isSignedIn.value) ended.value += 1
      forget()
    }
    return user.value
  }

  /** Begin with the tokens that signing in answers with. */
  async function begin(tokens: { access_token: string; refresh_token: string }): Promise<Account | null> {
    user.value = null
    kept.start(tokens)
    isSignedIn.value = true
    return reload()
  }

  function forget(): void {
    user.value = null
    unread.value = 0
    isSignedIn.value = false
    kept.end()
  }

  /** End the sign-in at the server, too; what cannot be reached there ends by its age. */
  async function signOut(): Promise<void> {
    await api.POST('/v1/auth/logout').catch(() => null)
    forget()
  }

  kept.subscribe((isIn) => {
    // Another tab has signed in as somebody else: nothing that this one shows or holds is theirs.
    if (isIn && user.value && kept.accessToken && subjectOf(kept.accessToken) !== user.value.id) location.reload()
    if (isIn === isSignedIn.value) return
    isSignedIn.value = isIn
    if (isIn) void reload()
    else {
      user.value = null
      ended.value += 1
    }
  })

  const has = (role: Role): boolean => user.value?.roles.includes(role) ?? false
  const isProvider = computed(() => user.value?.provider_id != null)
  const isStaff = computed(() => user.value?.roles.some((role) => STAFF.has(role)) ?? false)
  /** Who decides about bookings, and alone of staff may open them. */
  const isOperator = computed(() => has('operator') || has('super_admin'))
  return { user, isSignedIn, isProvider, isStaff, isOperator, unread, ended, has, load, renewed, reload, begin, signOut, forget }
})
