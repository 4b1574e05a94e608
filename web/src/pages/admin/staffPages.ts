import { ChartColumn, FileClock, Flag, Gavel, IdCard, MapPinned, Scale, Settings2, ShieldCheck, Star, UserRoundX, Users, Wallet, type LucideIcon } from 'lucide-vue-next'
import { computed, type ComputedRef } from 'vue'
import { useRoute } from 'vue-router'
import t from '@texts/admin'
import { useSession } from '../../session/session'

type Role = Parameters<ReturnType<typeof useSession>['has']>[0]

/** A page of staff, with those whose work it is. */
export interface StaffPage {
  to: string
  label: string
  icon: LucideIcon
  roles: readonly Role[]
}

export const STAFF_PAGES: readonly StaffPage[] = [
  { to: '/admin', label: t.nav.dashboard, icon: ChartColumn, roles: ['moderator', 'operator', 'admin'] },
  { to: '/admin/moderation', label: t.nav.moderation, icon: Flag, roles: ['moderator', 'admin'] },
  { to: '/admin/reports', label: t.nav.reports, icon: MapPinned, roles: ['moderator', 'admin'] },
  { to: '/admin/ratings', label: t.nav.ratings, icon: Star, roles: ['moderator', 'admin'] },
  { to: '/admin/providers', label: t.nav.providers, icon: ShieldCheck, roles: ['moderator', 'operator', 'admin'] },
  { to: '/admin/disputes', label: t.nav.disputes, icon: Gavel, roles: ['operator'] },
  { to: '/admin/bookings-without-provider', label: t.nav.stranded, icon: UserRoundX, roles: ['operator'] },
  { to: '/admin/payment-discrepancies', label: t.nav.discrepancies, icon: Scale, roles: ['operator', 'admin'] },
  { to: '/admin/provider-debts', label: t.nav.debts, icon: Wallet, roles: ['operator', 'admin'] },
  { to: '/admin/operations', label: t.nav.operations, icon: Settings2, roles: ['operator', 'admin'] },
  { to: '/admin/users', label: t.nav.users, icon: Users, roles: ['admin'] },
  { to: '/admin/staff', label: t.nav.staff, icon: IdCard, roles: ['super_admin'] },
  { to: '/admin/audit-logs', label: t.nav.audit, icon: FileClock, roles: ['moderator', 'operator', 'admin'] },
]

/**
 * The pages that the roles of the signed-in person see, and which of them is open.
 *
 * What is shown is only what is worth a press; the server decides what each role may do.
 */
export function useStaffPages(): { pages: ComputedRef<readonly StaffPage[]>; isHere: (to: string) => boolean } {
  const route = useRoute()
  const session = useSession()
  const pages = computed(() => STAFF_PAGES.filter(({ roles }) => session.has('super_admin') || roles.some((role) => session.has(role))))
  const isHere = (to: string): boolean => route.path === to || (to !== '/admin' && route.path.startsWith(`${to}/`))
  return { pages, isHere }
}
