import type { App } from 'vue'

/** After this it is shown in any case. */
const PATIENCE_MS = 2_000

/**
 * Mount the app behind a page that is drawn already, and show it instead as soon as it has drawn that page itself, which its
 * heading tells.
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
  const watching = new MutationObserver(() => heading(root) === heading(place) && show())
  const late = setTimeout(show, PATIENCE_MS)
  watching.observe(root, { childList: true, characterData: true, subtree: true })
  app.mount(root)
}
