import type { RouteRecordRaw } from 'vue-router'
import t from '@texts/checkout'

export const routes: RouteRecordRaw[] = [
  { path: '/checkout/:serviceId', name: 'checkout', component: () => import('./CheckoutPage.vue'), props: true, meta: { title: t.title } },
]
