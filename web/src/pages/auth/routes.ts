import type { RouteRecordRaw } from 'vue-router'
import titles from '@texts/titles'

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('./SignInPage.vue'), meta: { title: titles.signIn } },
  { path: '/register', name: 'register', component: () => import('./RegisterPage.vue'), meta: { title: titles.register } },
  { path: '/verify-email', name: 'verify-email', component: () => import('./VerifyPage.vue'), meta: { title: titles.verify } },
  { path: '/forgot-password', name: 'forgot-password', component: () => import('./ForgotPage.vue'), meta: { title: titles.forgot } },
  { path: '/reset-password', name: 'reset-password', component: () => import('./ResetPage.vue'), meta: { title: titles.reset } },
  { path: '/confirm-email', name: 'confirm-email', component: () => import('./ConfirmEmailPage.vue'), meta: { title: titles.confirmEmail, signedIn: true } },
  { path: '/auth/:provider(google|facebook)/callback', name: 'oauth-callback', component: () => import('./CallbackPage.vue'), props: true, meta: { title: titles.callback } },
  { path: '/welcome', name: 'welcome', component: () => import('./WelcomePage.vue'), meta: { title: titles.welcome, signedIn: true } },
]
