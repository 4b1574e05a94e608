/** Of an element: what is `undefined` or `false` is left out, and what hears an event is the app's alone. */
export type Attributes = Record<string, string | boolean | undefined | (() => void)>

/** A small picture; a category's by its slug. */
export type Icon = 'star' | 'clock' | 'place' | 'instant' | 'verified' | 'more' | 'card' | { category: string }

/**
 * What draws: Vue in the app (`components/vueKit.ts`), and the document itself while the app is on its way (`dom.ts`).
 *
 * What is drawn with a kit is written once, and looks the same from both.
 */
export interface Kit<N> {
  el: (tag: string, attributes: Attributes, children?: readonly (N | string | null)[]) => N
  /** Leads to a page of the app. */
  link: (to: string, attributes: Attributes, children: readonly (N | string | null)[]) => N
  /** The room for it, where the app is not there yet. */
  icon: (icon: Icon, attributes: Attributes) => N
}
