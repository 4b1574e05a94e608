import type { Attributes, Kit } from './kit'

const SVG = 'http://www.w3.org/2000/svg'
const SHAPES: ReadonlySet<string> = new Set(['svg', 'path', 'circle'])

function el(tag: string, attributes: Attributes, children: readonly (Element | string | null)[] = []): Element {
  const made = SHAPES.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    // The content security policy allows no styles written as an attribute.
    if (name === 'style') (made as HTMLElement).style.cssText = String(value)
    else if (typeof value === 'string') made.setAttribute(name, value)
    else if (value === true) made.setAttribute(name, '')
  }
  made.append(...children.filter((each) => each !== null))
  return made
}

/** Draws without Vue, for what is seen before it is there. */
export const domKit: Kit<Element> = {
  el,
  link: (to, attributes, children) => el('a', { ...attributes, href: to }, children),
  icon: (_icon, attributes) => el('span', { ...attributes, role: undefined, 'aria-label': undefined, 'aria-hidden': 'true' }),
}
