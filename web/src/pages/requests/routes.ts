import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/job-requests', name: 'requests', component: () => import('./RequestsPage.vue'), meta: { signedIn: true, title: 'Requests' } },
  { path: '/job-requests/new', name: 'request-new', component: () => import('./NewRequestPage.vue'), meta: { signedIn: true, title: 'Ask for offers' } },
  { path: '/job-requests/:id', name: 'request', component: () => import('./RequestPage.vue'), props: true, meta: { signedIn: true, title: 'Request' } },
  { path: '/offers', name: 'offers', component: () => import('./OffersPage.vue'), meta: { signedIn: true, title: 'Offers' } },
  { path: '/offers/:id', name: 'offer', component: () => import('./OfferPage.vue'), props: true, meta: { signedIn: true, title: 'Offer' } },
]
