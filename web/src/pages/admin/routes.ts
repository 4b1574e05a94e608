import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

const meta = (title: string) => ({ signedIn: true, title })

export const routes: RouteRecordRaw[] = [
  { path: '/admin', name: 'admin', component: () => import('./DashboardPage.vue'), meta: meta(titles.admin.dashboard) },
  { path: '/admin/moderation', name: 'admin-moderation', component: () => import('./ModerationPage.vue'), meta: meta(titles.admin.moderation) },
  { path: '/admin/reports', name: 'admin-reports', component: () => import('./ReportsReviewPage.vue'), meta: meta(titles.admin.reports) },
  { path: '/admin/ratings', name: 'admin-ratings', component: () => import('./RatingsPage.vue'), meta: meta(titles.admin.ratings) },
  { path: '/admin/providers', name: 'admin-providers', component: () => import('./ApprovalsPage.vue'), meta: meta(titles.admin.approvals) },
  { path: '/admin/disputes', name: 'admin-disputes', component: () => import('./DisputesPage.vue'), meta: meta(titles.admin.disputes) },
  { path: '/admin/bookings-without-provider', name: 'admin-stranded', component: () => import('./StrandedPage.vue'), meta: meta(titles.admin.stranded) },
  { path: '/admin/provider-debts', name: 'admin-debts', component: () => import('./DebtsPage.vue'), meta: meta(titles.admin.debts) },
  { path: '/admin/figures', name: 'admin-figure', component: () => import('./FigureRowsPage.vue'), meta: meta(titles.admin.figure) },
  { path: '/admin/payment-discrepancies', name: 'admin-discrepancies', component: () => import('./DiscrepanciesPage.vue'), meta: meta(titles.admin.discrepancies) },
  { path: '/admin/operations', name: 'admin-operations', component: () => import('./OperationsPage.vue'), meta: meta(titles.admin.operations) },
  { path: '/admin/users', name: 'admin-users', component: () => import('./PeoplePage.vue'), meta: meta(titles.admin.people) },
  { path: '/admin/users/:id', name: 'admin-user', component: () => import('./PersonPage.vue'), props: true, meta: meta(titles.admin.person) },
  { path: '/admin/staff', name: 'admin-staff', component: () => import('./StaffPage.vue'), meta: meta(titles.admin.staff) },
  { path: '/admin/audit-logs', name: 'admin-audit', component: () => import('./AuditPage.vue'), meta: meta(titles.admin.audit) },
]
