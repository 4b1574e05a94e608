import t from '@texts/early'

/**
 * What is done where the app's code cannot be had: after a deployment it may have another name, so the document is read anew,
 * once; where that did not help, it is said.
 */
export function lost(): void {
  const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  if (navigator.onLine && how?.type !== 'reload') {
    location.reload()
    return
  }
  const link = Object.assign(document.createElement('a'), { href: location.href, textContent: t.again, className: 'link' })
  const said = Object.assign(document.createElement('p'), { className: 'page' })
  said.setAttribute('role', 'alert')
  said.append(t.lost, link)
  document.getElementById('app')?.replaceChildren(said)
}
