import type { RouteRecordRaw } from 'vue-router'
import t from '@texts/bookings'

export const routes: RouteRecordRaw[] = [
  { path: '/bookings', name: 'bookings', component: () => import('./BookingsPage.vue'), meta: { signedIn: true, title: t.title } },
  { path: '/bookings/:id', name: 'booking', component: () => import('./BookingPage.vue'), props: true, meta: { signedIn: true, title: t.one } },
]
