import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/services/:id', name: 'service', component: () => import('./ServicePage.vue'), props: true },
  { path: '/providers/:id', name: 'provider-page', component: () => import('./ProviderPage.vue'), props: true },
]
