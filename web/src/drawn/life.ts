import type { Kit } from './kit'

export interface LifeStep {
  name: string
  label: string
  /** Small text below, such as when it was, or what leads there. */
  note?: string
  state: 'done' | 'now' | 'ahead' | 'ended'
}
export interface Life {
  steps: readonly LifeStep[]
  label: string
}

const DOTS: Record<LifeStep['state'], string> = {
  done: 'border-brand bg-brand',
  now: 'border-brand bg-brand ring-[5px] ring-tint',
  ended: 'border-rose bg-rose ring-[5px] ring-rose-tint',
  ahead: 'border-line bg-card',
}

/**
 * Where something is in its life: a line of states, those behind lit, the present one ringed. On a phone the present
 * state's name and its neighbours stay readable.
 */
export function lifecycle<N>({ el }: Kit<N>, { steps, label }: Life): N {
  const drawn = steps.map(({ label: name, note, state }, index) => {
    const isPresent = state === 'now' || state === 'ended'
    return el('li', { class: 'relative min-w-0 flex-1 pr-1 text-[11px]/snug sm:pr-2 sm:text-small', ...(isPresent ? { 'aria-current': 'step' } : {}) }, [
      index < steps.length - 1 ? el('span', { class: `absolute top-[7px] right-0.5 left-[18px] h-0.5 ${state === 'done' ? 'bg-brand' : 'bg-line'}`, 'aria-hidden': 'true' }) : null,
      el('span', { class: `mb-2.5 block size-4 rounded-full border-2 ${DOTS[state]}`, 'aria-hidden': 'true' }),
      el('span', { class: `block font-semibold ${isPresent ? 'text-ink' : 'muted'}` }, [name]),
      note ? el('span', { class: `num muted mt-0.5 block text-xs ${state === 'now' ? '' : 'max-sm:hidden'}` }, [note]) : null,
    ])
  })
  return el('ol', { class: 'flex', 'aria-label': label }, drawn)
}
