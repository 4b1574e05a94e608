import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

const meta = (title: string) => ({ signedIn: true, title })

export const routes: RouteRecordRaw[] = [
  { path: '/provider', name: 'provider', component: () => import('./TodayPage.vue'), meta: meta(titles.today) },
  { path: '/provider/calendar', name: 'provider-calendar', component: () => import('./CalendarPage.vue'), meta: meta(titles.calendar) },
  { path: '/provider/availability', name: 'provider-availability', component: () => import('./AvailabilityPage.vue'), meta: meta(titles.hours) },
  { path: '/provider/services', name: 'provider-services', component: () => import('./ServicesPage.vue'), meta: meta(titles.services) },
  { path: '/provider/services/new', name: 'provider-service-new', component: () => import('./ServiceFormPage.vue'), meta: meta(titles.serviceNew) },
  { path: '/provider/services/:id', name: 'provider-service', component: () => import('./ServiceFormPage.vue'), props: true, meta: meta(titles.serviceChange) },
  { path: '/provider/earnings', name: 'provider-earnings', component: () => import('./EarningsPage.vue'), meta: meta(titles.earnings) },
  { path: '/provider/payouts', name: 'provider-payouts', component: () => import('./PayoutsPage.vue'), meta: meta(titles.payouts) },
  { path: '/provider/plan', name: 'provider-plan', component: () => import('./PlanPage.vue'), meta: meta(titles.plan) },
  { path: '/provider/profile', name: 'provider-profile', component: () => import('./ProfilePage.vue'), meta: meta(titles.profile) },
]
