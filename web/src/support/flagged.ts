import type { Schemas } from './schemas'

/** What is shown to moderators: a message, which its parties alone see, or something that everybody sees. */
export type Flagged =
  | { kind: 'message'; conversation: string; seq: number; text: string }
  | { kind: 'report' | 'comment' | 'rating'; id: string; text: string }
  | { kind: 'media'; photos: readonly Schemas['PhotoView'][] }
