import { useSaving } from '../../support/useSaving'

/** A form's sending: one at a time, with the failure to show beside it. */
export function useSubmit<Input extends unknown[]>(work: (...input: Input) => Promise<unknown>) {
  const { error, isBusy, save } = useSaving()
  const submit = (...input: Input): Promise<boolean> => save(() => work(...input))
  return { error, isBusy, submit }
}
