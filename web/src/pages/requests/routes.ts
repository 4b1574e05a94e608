import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/job-requests', name: 'requests', component: () => import('./RequestsPage.vue'), meta: { signedIn: true, title: titles.requests } },
  { path: '/job-requests/new', name: 'request-new', component: () => import('./NewRequestPage.vue'), meta: { signedIn: true, title: titles.requestNew } },
  { path: '/job-requests/:id', name: 'request', component: () => import('./RequestPage.vue'), props: true, meta: { signedIn: true, title: titles.request } },
  { path: '/offers', name: 'offers', component: () => import('./OffersPage.vue'), meta: { signedIn: true, title: titles.offers } },
  { path: '/offers/:id', name: 'offer', component: () => import('./OfferPage.vue'), props: true, meta: { signedIn: true, title: titles.offer } },
]
