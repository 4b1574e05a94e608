import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/reports', name: 'reports', component: () => import('./ReportsPage.vue'), meta: { title: titles.reports, full: true } },
  { path: '/reports/new', name: 'report-new', component: () => import('./NewReportPage.vue'), meta: { title: titles.reportNew } },
  { path: '/reports/mine', name: 'reports-mine', component: () => import('./MyReportsPage.vue'), meta: { signedIn: true, title: titles.reportsMine } },
  { path: '/reports/:id', name: 'report', component: () => import('./ReportPage.vue'), props: true, meta: { title: titles.report } },
]
