import { cleanAddress } from './address'
import { DRAWS } from './draws'
import { lost } from './lost'
import { earlyPage } from './pages'
import { soon } from './soon'
import { early, kept, sketch } from './start'
import { keptTheme, showTheme } from './theme'

/** What the build writes beside this script: the app itself, and the files of each page's code. */
interface Built {
  app: string
  files: readonly string[]
  /** The app's, such as Vue. */
  own: readonly number[]
  pages: Record<string, readonly number[]>
}

/** How long the app waits until the renewal of a sign-in is on its way: another tab may have its turn just now. */
const TURN_MS = 50
/** How long its files wait where a page is drawn without it at first, and how long it is not evaluated: both at once would be late. */
const FILES_MS = 200
const SKETCH_MS = 500

/** Null while sources are served. */
function built(): Built | null {
  const text = document.querySelector<HTMLElement>('script[data-built]')?.dataset.built
  return text ? (JSON.parse(text) as Built) : null
}

function preload(file: string, isLater: boolean): void {
  const link = document.createElement('link')
  link.rel = 'modulepreload'
  link.crossOrigin = ''
  link.href = file
  if (isLater) link.fetchPriority = 'low'
  document.head.append(link)
}

function open(app: string): void {
  const script = document.createElement('script')
  script.type = 'module'
  script.crossOrigin = ''
  script.src = app
  script.onerror = lost
  document.head.append(script)
}

function start(): void {
  const found = earlyPage(location.pathname)
  const isSignedIn = kept.isSignedIn
  const page = found?.page.signedIn && !isSignedIn ? null : found?.page
  const place = { query: new URLSearchParams(location.search), zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone, isSignedIn }
  // The page's own first, then who it is for.
  const reads = page?.reads?.(found?.id ?? '', place) ?? []
  early.begin([...reads, ...(isSignedIn ? ['/v1/users/me'] : [])])
  const drawing = page && DRAWS[page.page]
  const read = reads.find((address) => drawing?.of?.test(address))
  const isDrawn = drawing && (read || !drawing.of)
  const drawn = isDrawn ? sketch.begin(drawing.load, read ? early.seen(read) : Promise.resolve(true)) : null
  if (page?.signedIn) kept.subscribe((isStill) => isStill || sketch.clear())
  const files = built()
  if (!files) return
  // A browser asks for six files at a time; and while the app is evaluated no request leaves that waits for something.
  void soon(early.asked, TURN_MS).then(async () => {
    if (drawn) await soon(drawn, FILES_MS)
    for (const index of [...files.own, ...((page && files.pages[page.page]) ?? [])]) preload(files.files[index] ?? '', drawn !== null)
    if (drawn) await soon(drawn, SKETCH_MS)
    open(files.app)
  })
}
showTheme(keptTheme())
cleanAddress()
start()
