import type { RouteRecordRaw } from 'vue-router'
import t from '@texts/account'

export const routes: RouteRecordRaw[] = [
  { path: '/account', name: 'account', component: () => import('./AccountPage.vue'), meta: { signedIn: true, title: t.title } },
  { path: '/account/deleted', name: 'account-deleted', component: () => import('./DeletedPage.vue'), meta: { title: t.data.gone } },
]
