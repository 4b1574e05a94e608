import {
  BadgeCheck,
  CalendarClock,
  CalendarX2,
  Check,
  CheckCheck,
  CircleHelp,
  CirclePlus,
  FileText,
  Gavel,
  Link2,
  MessageSquareWarning,
  Play,
  RotateCcw,
  Undo2,
  UserX,
  X,
  type LucideIcon,
} from 'lucide-vue-next'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import t from '@texts/actions'
import type { Schemas } from '../support/schemas'

/** What may be done now, as the server says it; bookings, offers and requests have the same shape. */
export type Action = Pick<Schemas['ActionView'], 'action_name' | 'button_label' | 'note' | 'is_critical' | 'input_schema'> & {
  consequences?: Schemas['ActionView']['consequences'] | null
}

/** How an action looks. What it means, whether it may be done and what it costs is the server's alone. */
export interface ActionUi {
  icon: LucideIcon
  variant: 'btn-primary' | 'btn-critical' | ''
  order: number
  /** A question that is asked before it is done; what is critical is asked about in any case. */
  confirm?: string
}

export interface ShownAction extends Action {
  ui: ActionUi
  /** Whether a dialog comes first: to ask, or because something is to be filled in. */
  mustConfirm: boolean
}

/** An action that nobody here has heard of. */
export const DEFAULT_ACTION_UI: ActionUi = { icon: CircleHelp, variant: '', order: 50 }

export const ACTION_UI_METADATA: Readonly<Record<string, Partial<ActionUi>>> = {
  accept: { icon: Check, variant: 'btn-primary', order: 10 },
  start: { icon: Play, variant: 'btn-primary', order: 11 },
  complete: { icon: CheckCheck, variant: 'btn-primary', order: 12, confirm: t.confirm.complete },
  accept_reschedule: { icon: CalendarClock, variant: 'btn-primary', order: 13 },
  accept_extra: { icon: CirclePlus, variant: 'btn-primary', order: 14 },
  resolve: { icon: Gavel, variant: 'btn-primary', order: 15 },
  choose: { icon: BadgeCheck, variant: 'btn-primary', order: 10 },
  extend: { icon: RotateCcw, variant: 'btn-primary', order: 20 },
  confirm_fixed: { icon: CheckCheck, order: 21 },
  reopen: { icon: RotateCcw, order: 22 },
  set_online_link: { icon: Link2, order: 25 },
  propose_reschedule: { icon: CalendarClock, order: 30 },
  propose_extra: { icon: CirclePlus, order: 31 },
  withdraw_extra: { icon: Undo2, order: 32 },
  decline_extra: { icon: X, order: 33 },
  decline_reschedule: { icon: CalendarX2, order: 34 },
  counter: { icon: RotateCcw, order: 35 },
  add_evidence: { icon: FileText, order: 36 },
  contest: { icon: MessageSquareWarning, order: 40 },
  retry_payment: { icon: RotateCcw, order: 45 },
  move: { icon: CalendarClock, order: 46 },
  refund: { icon: Undo2, variant: 'btn-critical', order: 70 },
  open_dispute: { icon: MessageSquareWarning, variant: 'btn-critical', order: 80 },
  mark_no_show: { icon: UserX, variant: 'btn-critical', order: 81 },
  decline: { icon: X, variant: 'btn-critical', order: 90 },
  cancel: { icon: X, variant: 'btn-critical', order: 95 },
}

/** What is said before something is done: in words of our own, for the server's note tells what was done. */
export const askingWords = (action: ShownAction): string => action.ui.confirm ?? t.ask[action.action_name] ?? action.note

/**
 * Whether a person has something to fill in first; a fee that is agreed to is sent with what was shown, and for a note
 * alone that may be left out nobody is held up.
 */
export function asksForInput(schema: Action['input_schema'], unasked: ReadonlySet<string> = ECHOED): boolean {
  const required = (schema?.required as string[] | undefined) ?? []
  return Object.keys((schema?.properties as object | undefined) ?? {}).some((name) => !unasked.has(name) && (name !== 'note' || required.includes(name)))
}

/** Whether a form has any field at all. */
export function hasFields(schema: Action['input_schema'], unasked: ReadonlySet<string> = ECHOED): boolean {
  return Object.keys((schema?.properties as object | undefined) ?? {}).some((name) => !unasked.has(name))
}

/** Inputs that are not typed by a person but say again what was shown to them. */
export const ECHOED: ReadonlySet<string> = new Set(['accepted_fee', 'accepted_price'])

/** The server's actions with their looks, in the order of their buttons; an unknown one gets the default and works. */
export function useBookingActions(actions: MaybeRefOrGetter<readonly Action[]>): ComputedRef<ShownAction[]> {
  return computed(() =>
    toValue(actions)
      .map((action): ShownAction => {
        const known = ACTION_UI_METADATA[action.action_name]
        const fallback: ActionUi = action.is_critical ? { ...DEFAULT_ACTION_UI, variant: 'btn-critical', order: 85 } : DEFAULT_ACTION_UI
        const ui = { ...fallback, ...known }
        return { ...action, ui, mustConfirm: action.is_critical || Boolean(ui.confirm) || asksForInput(action.input_schema) }
      })
      .sort((left, right) => left.ui.order - right.ui.order || left.action_name.localeCompare(right.action_name)),
  )
}
