import type { RouteRecordRaw } from 'vue-router'

const meta = (title: string) => ({ signedIn: true, title })

export const routes: RouteRecordRaw[] = [
  { path: '/admin', name: 'admin', component: () => import('./DashboardPage.vue'), meta: meta('Dashboard') },
  { path: '/admin/moderation', name: 'admin-moderation', component: () => import('./ModerationPage.vue'), meta: meta('Moderation') },
  { path: '/admin/reports', name: 'admin-reports', component: () => import('./ReportsReviewPage.vue'), meta: meta('Reports to look at') },
  { path: '/admin/ratings', name: 'admin-ratings', component: () => import('./RatingsPage.vue'), meta: meta('Ratings') },
  { path: '/admin/providers', name: 'admin-providers', component: () => import('./ApprovalsPage.vue'), meta: meta('Approvals') },
  { path: '/admin/disputes', name: 'admin-disputes', component: () => import('./DisputesPage.vue'), meta: meta('Disputes') },
  { path: '/admin/bookings-without-provider', name: 'admin-stranded', component: () => import('./StrandedPage.vue'), meta: meta('Without a provider') },
  { path: '/admin/provider-debts', name: 'admin-debts', component: () => import('./DebtsPage.vue'), meta: meta('What providers owe') },
  { path: '/admin/figures', name: 'admin-figure', component: () => import('./FigureRowsPage.vue'), meta: meta('A figure') },
  { path: '/admin/payment-discrepancies', name: 'admin-discrepancies', component: () => import('./DiscrepanciesPage.vue'), meta: meta('Differences from Stripe') },
  { path: '/admin/operations', name: 'admin-operations', component: () => import('./OperationsPage.vue'), meta: meta('Operations') },
  { path: '/admin/users', name: 'admin-users', component: () => import('./PeoplePage.vue'), meta: meta('People') },
  { path: '/admin/users/:id', name: 'admin-user', component: () => import('./PersonPage.vue'), props: true, meta: meta('A person') },
  { path: '/admin/staff', name: 'admin-staff', component: () => import('./StaffPage.vue'), meta: meta('Staff') },
  { path: '/admin/audit-logs', name: 'admin-audit', component: () => import('./AuditPage.vue'), meta: meta('Audit log') },
]
