import type { App } from 'vue'

/** After this it is shown in any case. */
const PATIENCE_MS = 2_000

/**
 * Mount the app behind a page that is drawn already, and show it instead as soon as it has drawn that page itself, which its
 * heading tells, or that one is taken away.
 * @param place where that page is seen, and the app goes.
 */
export function mountBehind(app: App, place: Element): void {
  const root = place.cloneNode(false) as Element
  const show = (): void => {
    watching.disconnect()
    clearTimeout(late)
    place.replaceWith(root)
  }
  const heading = (of: Element): string | undefined => of.querySelector('h1')?.textContent
  const watching = new MutationObserver(() => [heading(root), undefined].includes(heading(place)) && show())
  const late = setTimeout(show, PATIENCE_MS)
  for (const each of [root, place]) watching.observe(each, { childList: true, characterData: true, subtree: true })
  app.mount(root)
}
