import tailwind from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { land } from './land.ts'

/** Where the API is that `make web` leads calls to. */
const API = process.env.API_URL ?? 'http://localhost:8000'
/** The folder below `src/texts` that all words are taken from: another language is another folder of the same files. */
const LANGUAGE = process.env.WEB_LANGUAGE ?? 'en'

export default defineConfig({
  plugins: [vue(), tailwind(), land()],
  resolve: {
    // The client is taken from its sources, so that both are built at once.
    conditions: ['@gigsta/source', ...defaultClientConditions],
    alias: { '@texts': fileURLToPath(new URL(`./src/texts/${LANGUAGE}`, import.meta.url)) },
  },
  // No inline code and no inline fonts: the content security policy allows files of the page's own alone.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
  server: {
    port: 5173,
    proxy: {
      '/v1': { target: API, ws: true },
      '/config.json': API,
      '/docs': API,
      '/_dev': API,
    },
  },
})
