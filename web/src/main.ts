import './early/begin'
import './styles/app.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { soon } from './early/soon'
import { early, sketch } from './early/start'
import { router } from './router'
import { mountBehind } from './support/mountBehind'

/** How long the app waits to be drawn until a sign-in is renewed. */
const RENEWAL_MS = 100
// What was begun early goes on first: an answer is heard between two tasks, and drawing is a long one.
void soon(early.renewed, RENEWAL_MS).then(() => {
  const app = createApp(App).use(createPinia()).use(router)
  const place = document.getElementById('app')
  if (sketch.end() && place) mountBehind(app, place)
  else app.mount('#app')
})
