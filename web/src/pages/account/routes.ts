import type { RouteRecordRaw } from 'vue-router'
import t from '@texts/account'

export const routes: RouteRecordRaw[] = [
  { path: '/account', name: 'account', component: () => import('./AccountPage.vue'), meta: { signedIn: true, title: t.title } },
]
