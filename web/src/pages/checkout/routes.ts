import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/checkout/:serviceId', name: 'checkout', component: () => import('./CheckoutPage.vue'), props: true, meta: { title: titles.checkout } },
]
