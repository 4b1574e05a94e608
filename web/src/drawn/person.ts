import { initials } from '../format'
import type { Schemas } from '../support/schemas'
import type { Kit } from './kit'

/** A person or a business. */
export interface Person {
  name: string
  picture?: Schemas['PhotoView'] | null
  /** In pixels. */
  size?: number
}

/** Their photograph, else the first letters of the name. */
export function person<N>({ el }: Kit<N>, { name, picture, size = 34 }: Person): N {
  const source = picture?.files.find((file) => file.name === 'small')?.src ?? picture?.files.at(-1)?.src
  const round = 'grid shrink-0 place-items-center overflow-hidden rounded-full bg-tint font-bold text-brand select-none before:content-[attr(data-initials)]'
  const style = `width: ${size}px; height: ${size}px; font-size: ${Math.round(size * 0.38)}px`
  return el('span', { class: round, style, 'data-initials': source ? undefined : initials(name), 'aria-hidden': 'true' }, [
    source ? el('img', { src: source, alt: '', class: 'size-full object-cover', loading: 'lazy' }) : null,
  ])
}
