import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/inbox', name: 'inbox', component: () => import('./InboxPage.vue'), meta: { signedIn: true, title: titles.inbox } },
  { path: '/inbox/:id', name: 'conversation', component: () => import('./InboxPage.vue'), props: true, meta: { signedIn: true, title: titles.inbox } },
  { path: '/notices', name: 'notices', component: () => import('./NoticesPage.vue'), meta: { signedIn: true, title: titles.notices } },
  { path: '/account/notifications', name: 'preferences', component: () => import('./PreferencesPage.vue'), meta: { signedIn: true, title: titles.preferences } },
]
