import { problemOf } from './explain'

/**
 * What the server said about each field of a form, by the field's path (`window.start_at`); a message about a part
 * stands at the whole, too, since a form shows one control for it.
 */
export function fieldErrors(error: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  for (const each of problemOf(error)?.errors ?? []) {
    const path = each.field.replace(/^body\./, '')
    found[path] ??= each.message
    found[path.split('.')[0] ?? path] ??= each.message
  }
  return found
}
