import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/terms', name: 'terms', component: () => import('./LegalPage.vue'), props: { which: 'terms' }, meta: { title: titles.terms } },
  { path: '/privacy', name: 'privacy', component: () => import('./LegalPage.vue'), props: { which: 'privacy' }, meta: { title: titles.privacy } },
]
