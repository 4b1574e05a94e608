import type { RouteRecordRaw } from 'vue-router'
import t from '@texts/auth'

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('./SignInPage.vue'), meta: { title: t.signIn } },
  { path: '/register', name: 'register', component: () => import('./RegisterPage.vue'), meta: { title: t.registerTitle } },
  { path: '/verify-email', name: 'verify-email', component: () => import('./VerifyPage.vue'), meta: { title: t.verify.title } },
  { path: '/forgot-password', name: 'forgot-password', component: () => import('./ForgotPage.vue'), meta: { title: t.forgotPage.title } },
  { path: '/reset-password', name: 'reset-password', component: () => import('./ResetPage.vue'), meta: { title: t.reset.title } },
  { path: '/confirm-email', name: 'confirm-email', component: () => import('./ConfirmEmailPage.vue'), meta: { title: t.confirmEmail.title, signedIn: true } },
  { path: '/auth/:provider(google|facebook)/callback', name: 'oauth-callback', component: () => import('./CallbackPage.vue'), props: true, meta: { title: t.callback.title } },
  { path: '/welcome', name: 'welcome', component: () => import('./WelcomePage.vue'), meta: { title: t.welcome.title, signedIn: true } },
]
