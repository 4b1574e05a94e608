import './early/begin'
import './styles/app.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { restoreTheme } from './support/theme'

restoreTheme()
// In a task of its own: the lock of a renewal that was begun is told of between two, and its request goes out before.
setTimeout(() => createApp(App).use(createPinia()).use(router).mount('#app'))
