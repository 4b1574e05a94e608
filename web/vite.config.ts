import tailwind from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions } from 'vite'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { land } from './land.ts'

/** Where the API is that `make web` leads calls to. */
const API = process.env.API_URL ?? 'http://localhost:8000'
/** The folder below `src/texts` that all words are taken from: another language is another folder of the same files. */
const LANGUAGE = process.env.WEB_LANGUAGE ?? 'en'

/** Names the font of nearly all text in the document: it comes beside the code then, and is there when text is drawn first. */
function preloadFont(): Plugin {
  return {
    name: 'gigsta-preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) => /figtree-latin-wght-normal.*\.woff2$/.test(name))
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' }
        return file ? [{ tag: 'link', attrs, injectTo: 'head' }] : []
      },
    },
  }
}

export default defineConfig({
  plugins: [vue(), tailwind(), land(), preloadFont()],
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
