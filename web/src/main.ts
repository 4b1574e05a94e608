import './early/begin'
import './styles/app.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { restoreTheme } from './support/theme'

restoreTheme()
createApp(App).use(createPinia()).use(router).mount('#app')
