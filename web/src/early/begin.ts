import { earlyPage } from './pages'
import { early, kept } from './start'

/** What the build writes beside this script: the app itself, and the files of each page's code. */
interface Built {
  app: string
  files: readonly string[]
  pages: Record<string, readonly number[]>
}

/** How long the app waits until the renewal of a sign-in is on its way: another tab may have its turn just now. */
const TURN_MS = 50

/** Null while sources are served. */
function built(): Built | null {
  const text = document.querySelector<HTMLElement>('script[data-built]')?.dataset.built
  return text ? (JSON.parse(text) as Built) : null
}

function preload(file: string): void {
  const link = document.createElement('link')
  link.rel = 'modulepreload'
  link.crossOrigin = ''
  link.href = file
  document.head.append(link)
}

function open(app: string): void {
  const script = document.createElement('script')
  script.type = 'module'
  script.crossOrigin = ''
  script.src = app
  document.head.append(script)
}

function start(): void {
  const found = earlyPage(location.pathname)
  const isSignedIn = kept.isSignedIn
  const page = found?.page.signedIn && !isSignedIn ? null : found?.page
  const place = { query: new URLSearchParams(location.search), zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone, isSignedIn }
  // The page's own first, then who it is for.
  early.begin([...(page?.reads?.(found?.id ?? '', place) ?? []), ...(isSignedIn ? ['/v1/users/me'] : [])])
  const files = built()
  if (!files) return
  // A browser asks for six files at a time; and while the app is evaluated no request leaves that waits for something.
  void Promise.race([early.asked, new Promise((done) => setTimeout(done, TURN_MS))]).then(() => {
    if (page) for (const index of files.pages[page.page] ?? []) preload(files.files[index] ?? '')
    open(files.app)
  })
}
start()
