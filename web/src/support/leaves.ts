import type { Schemas } from './schemas'

/** The categories that services stand in, below one of the tree. */
export const leaves = (category: Schemas['CategoryView']): Schemas['CategoryView'][] =>
  category.children.length ? category.children.flatMap(leaves) : [category]
