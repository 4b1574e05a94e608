import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/onboarding', name: 'onboarding', component: () => import('./PathPage.vue'), meta: { signedIn: true, title: 'Welcome' } },
  { path: '/onboarding/profile', name: 'onboarding-profile', component: () => import('./OnboardingProfilePage.vue'), meta: { signedIn: true, title: 'About you' } },
  { path: '/onboarding/provider', name: 'onboarding-provider', component: () => import('./BusinessPage.vue'), meta: { signedIn: true, title: 'Your business' } },
  { path: '/onboarding/billing', name: 'onboarding-billing', component: () => import('./BillingPage.vue'), meta: { signedIn: true, title: 'Payouts' } },
]
