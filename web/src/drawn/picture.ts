import { seedOf } from '../format'
import type { Kit } from './kit'

/** What a service, or a category, looks like. */
export interface Picture {
  /** Its slug. */
  category: string
  /** The same look for the same text. */
  seed: string
  image?: string | null
  /** A colour for as long as the image is not there. */
  placeholder?: string | null
  alt?: string
  /** In pixels. */
  iconSize?: number
}

const GRADIENTS = [
  ['#2f6b4f', '#7fb069'],
  ['#3c5a80', '#8aa9c9'],
  ['#7a4e2d', '#d9a86c'],
  ['#5b3f73', '#b79bd1'],
  ['#1f5f68', '#7cc0b5'],
  ['#7c3b3b', '#d68f7f'],
  ['#4a5a23', '#b3bd6a'],
  ['#34495e', '#95a5b8'],
] as const

/** A photograph where there is one; else a gradient and the category's icon, the same for the same service. */
export function picture<N>({ el, icon }: Kit<N>, { category, seed, image, placeholder, alt = '', iconSize = 44 }: Picture, more = ''): N {
  const [from, to] = GRADIENTS[seedOf(seed) % GRADIENTS.length] ?? GRADIENTS[0]
  const background = image && placeholder ? placeholder : `linear-gradient(140deg, ${from}, ${to})`
  const own = 'relative grid shrink-0 place-items-center overflow-hidden rounded-control text-white'
  return el('span', { class: `${own} ${more}`, style: `background: ${background}` }, [
    image
      ? el('img', { src: image, alt, class: 'absolute inset-0 size-full object-cover', loading: 'lazy', decoding: 'async' })
      : icon({ category }, { class: 'opacity-90', style: `width: ${iconSize}px; height: ${iconSize}px`, 'stroke-width': '1.5', 'aria-hidden': 'true' }),
  ])
}
