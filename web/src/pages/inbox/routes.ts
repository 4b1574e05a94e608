import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/inbox', name: 'inbox', component: () => import('./InboxPage.vue'), meta: { signedIn: true, title: 'Inbox' } },
  { path: '/inbox/:id', name: 'conversation', component: () => import('./InboxPage.vue'), props: true, meta: { signedIn: true, title: 'Inbox' } },
  { path: '/notices', name: 'notices', component: () => import('./NoticesPage.vue'), meta: { signedIn: true, title: 'Notices' } },
  { path: '/account/notifications', name: 'preferences', component: () => import('./PreferencesPage.vue'), meta: { signedIn: true, title: 'What we tell you' } },
]
