import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/moderation', name: 'decisions', component: () => import('./DecisionsPage.vue'), meta: { signedIn: true, title: titles.decisions } },
  // Of a mail: its token stands for who cannot sign in any more.
  { path: '/moderation/:id', name: 'decision', component: () => import('./DecisionPage.vue'), props: true, meta: { title: titles.decision } },
]
