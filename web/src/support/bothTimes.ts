import t from '@texts/common'
import { dayAndTime, elsewhere } from '../time'

/** A day and a time within a sentence: where the work is, and the viewer's own beside it where that differs. */
export function bothTimes(at: string, zone: string): string {
  const [there, own] = [dayAndTime(at, zone, null, 'short'), elsewhere(at, zone)]
  return own ? `${there} (${t.yourTime(own)})` : there
}
