import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/reports', name: 'reports', component: () => import('./ReportsPage.vue'), meta: { title: 'Reports', full: true } },
  { path: '/reports/new', name: 'report-new', component: () => import('./NewReportPage.vue'), meta: { title: 'Report something' } },
  { path: '/reports/mine', name: 'reports-mine', component: () => import('./MyReportsPage.vue'), meta: { signedIn: true, title: 'Your reports' } },
  { path: '/reports/:id', name: 'report', component: () => import('./ReportPage.vue'), props: true, meta: { title: 'Report' } },
]
