import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/search', name: 'search', component: () => import('./SearchPage.vue'), meta: { title: titles.search, full: true } },
]
