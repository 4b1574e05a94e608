import type { RouteRecordRaw } from 'vue-router'

const meta = (title: string) => ({ signedIn: true, title })

export const routes: RouteRecordRaw[] = [
  { path: '/provider', name: 'provider', component: () => import('./TodayPage.vue'), meta: meta('Today') },
  { path: '/provider/calendar', name: 'provider-calendar', component: () => import('./CalendarPage.vue'), meta: meta('Calendar') },
  { path: '/provider/availability', name: 'provider-availability', component: () => import('./AvailabilityPage.vue'), meta: meta('Your hours') },
  { path: '/provider/services', name: 'provider-services', component: () => import('./ServicesPage.vue'), meta: meta('Your services') },
  { path: '/provider/services/new', name: 'provider-service-new', component: () => import('./ServiceFormPage.vue'), meta: meta('A new service') },
  { path: '/provider/services/:id', name: 'provider-service', component: () => import('./ServiceFormPage.vue'), props: true, meta: meta('Change a service') },
  { path: '/provider/earnings', name: 'provider-earnings', component: () => import('./EarningsPage.vue'), meta: meta('Earnings') },
  { path: '/provider/payouts', name: 'provider-payouts', component: () => import('./PayoutsPage.vue'), meta: meta('Payouts') },
  { path: '/provider/plan', name: 'provider-plan', component: () => import('./PlanPage.vue'), meta: meta('Your plan') },
  { path: '/provider/profile', name: 'provider-profile', component: () => import('./ProfilePage.vue'), meta: meta('Your profile') },
]
