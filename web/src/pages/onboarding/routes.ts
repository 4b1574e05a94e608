import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/onboarding', name: 'onboarding', component: () => import('./PathPage.vue'), meta: { signedIn: true, title: titles.onboarding } },
  { path: '/onboarding/profile', name: 'onboarding-profile', component: () => import('./OnboardingProfilePage.vue'), meta: { signedIn: true, title: titles.welcome } },
  { path: '/onboarding/provider', name: 'onboarding-provider', component: () => import('./BusinessPage.vue'), meta: { signedIn: true, title: titles.business } },
  { path: '/onboarding/billing', name: 'onboarding-billing', component: () => import('./BillingPage.vue'), meta: { signedIn: true, title: titles.payouts } },
]
