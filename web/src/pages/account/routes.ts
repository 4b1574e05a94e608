import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/account', name: 'account', component: () => import('./AccountPage.vue'), meta: { signedIn: true, title: titles.account } },
  { path: '/account/photos', name: 'account-photos', component: () => import('./PhotosPage.vue'), meta: { signedIn: true, title: titles.photos } },
  { path: '/account/deleted', name: 'account-deleted', component: () => import('./DeletedPage.vue'), meta: { title: titles.accountDeleted } },
]
