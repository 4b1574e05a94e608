import { earlyPage } from './pages'
import { early, kept } from './start'

/** The files of each page's code, as the build writes them into the document; none while sources are served. */
function filesOf(page: string): readonly string[] {
  const text = document.querySelector<HTMLElement>('script[data-pages]')?.dataset.pages
  const { files, pages } = JSON.parse(text ?? '{"files":[],"pages":{}}') as { files: string[]; pages: Record<string, number[]> }
  return (pages[page] ?? []).flatMap((index) => files[index] ?? [])
}

function preload(file: string): void {
  const link = document.createElement('link')
  link.rel = 'modulepreload'
  link.crossOrigin = ''
  link.href = file
  document.head.append(link)
}

function start(): void {
  const found = earlyPage(location.pathname)
  const own = kept.isSignedIn ? ['/v1/users/me'] : []
  if (!found || (found.page.signedIn && !kept.isSignedIn)) return early.begin(own)
  const place = { query: new URLSearchParams(location.search), zone: Intl.DateTimeFormat().resolvedOptions().timeZone, isSignedIn: kept.isSignedIn }
  early.begin([...own, ...(found.page.reads?.(found.id, place) ?? [])])
  filesOf(found.page.page).forEach(preload)
}
start()
