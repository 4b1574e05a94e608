import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/bookings', name: 'bookings', component: () => import('./BookingsPage.vue'), meta: { signedIn: true, title: titles.bookings } },
  { path: '/bookings/:id', name: 'booking', component: () => import('./BookingPage.vue'), props: true, meta: { signedIn: true, accountLater: true, title: titles.booking } },
  { path: '/bookings/:id/receipt', name: 'receipt', component: () => import('./ReceiptPage.vue'), props: true, meta: { signedIn: true, title: titles.receipt } },
]
