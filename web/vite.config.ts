import tailwind from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions } from 'vite'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { early } from './early.ts'
import { land } from './land.ts'
import { places } from './places.ts'

/** Where the API is that `make web` leads calls to. */
const API = process.env.API_URL ?? 'http://localhost:8000'
/** The folder below `src/texts` that all words are taken from: another language is another folder of the same files. */
const LANGUAGE = process.env.WEB_LANGUAGE ?? 'en'

/**
 * What is made into one file: what begins early, Vue, what many pages use, what pages of one kind share, and the other icons.
 * A file for each would keep a page waiting: over HTTP/1.1 a browser asks for six at a time.
 */
const MANY = 6
const GROUPS = [
  { name: 'start', priority: 5, test: /web\/src\/(early|texts\/\w+\/early)|clients\/typescript\/src\/session|preload-helper/ },
  { name: 'vue', priority: 4, test: /node_modules\/(@vue|vue|vue-router|pinia)\// },
  // What is drawn before the app is there stands on none of its files.
  { name: 'drawn', priority: 4, test: /web\/src\/(drawn\/(dom|frame|kit|life|logo|person|picture|stars|when)\b|format|time|texts\/\w+\/common)/ },
  { name: 'home', priority: 4, test: /web\/src\/(drawn\/home|texts\/\w+\/search)/ },
  { name: 'reports', priority: 4, test: /web\/src\/(drawn\/reports|texts\/\w+\/reports)/ },
  { name: 'service', priority: 4, test: /web\/src\/(drawn\/(service|prices)|texts\/\w+\/(services|price))/ },
  { name: 'booking', priority: 4, test: /web\/src\/(drawn\/booking|bookings\/looks|texts\/\w+\/bookings)/ },
  { name: 'shared', priority: 3, minShareCount: MANY, test: /web\/src\/(components|session|support)|lucide/ },
  { name: 'finding', priority: 2, minShareCount: 2, test: /web\/src\/pages\/search\/query/ },
  { name: 'choosing', priority: 2, minShareCount: 2, test: /web\/src\/(components\/PriceLines|pages\/services)/ },
  { name: 'booked', priority: 2, minShareCount: 2, test: /web\/src\/(bookings\/(cancelling|policies)|components\/When)/ },
  { name: 'acting', priority: 2, minShareCount: 2, test: /web\/src\/(bookings\/useBookingActions|components\/(ActionBar|Lifecycle|SchemaForm)|texts\/\w+\/actions)/ },
  { name: 'icons', priority: 1, minShareCount: 2, test: /lucide/ },
]

const LATIN = /figtree-latin-wght-normal.*\.woff2$/
/** Where pages that the app's build does not know, such as the API's, find the font. */
const SHARED_FONT = 'fonts/figtree.woff2'

/** Names the font of nearly all text in the document: it comes beside the code then, and is there when text is drawn first. */
function preloadFont(): Plugin {
  return {
    name: 'gigsta-preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) => LATIN.test(name))
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' }
        return file ? [{ tag: 'link', attrs, injectTo: 'head' }] : []
      },
    },
  }
}

/** Puts the font under a name that stays, too. */
function shareFont(): Plugin {
  return {
    name: 'gigsta-share-font',
    generateBundle(_options, bundle) {
      const font = Object.values(bundle).find((each) => each.type === 'asset' && LATIN.test(each.fileName))
      if (font?.type === 'asset') this.emitFile({ type: 'asset', fileName: SHARED_FONT, source: font.source })
    },
  }
}

export default defineConfig({
  plugins: [vue(), tailwind(), land(), places(), early(), preloadFont(), shareFont()],
  resolve: {
    // The client is taken from its sources, so that both are built at once.
    conditions: ['@gigsta/source', ...defaultClientConditions],
    alias: { '@texts': fileURLToPath(new URL(`./src/texts/${LANGUAGE}`, import.meta.url)) },
  },
  // No inline code and no inline fonts: the content security policy allows files of the page's own alone.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true, rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } } },
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
