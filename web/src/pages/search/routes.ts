import type { RouteRecordRaw } from 'vue-router'
import t from '@texts/search'

export const routes: RouteRecordRaw[] = [
  { path: '/search', name: 'search', component: () => import('./SearchPage.vue'), meta: { title: t.windowTitle, full: true } },
]
