import t from '@texts/onboarding'
import { words } from '../../format'

/**
 * What Stripe still asks for, in words: by the whole name of the requirement, by what it ends in, or as it is called there.
 *
 * @param requirement Such as `individual.verification.document` (https://docs.stripe.com/connect/handling-api-verification).
 */
export function needed(requirement: string): string {
  const parts = requirement.split('.')
  const named = t.billing.needed[requirement] ?? t.billing.needed[parts[0] ?? ''] ?? t.billing.needed[parts.at(-1) ?? '']
  return named ?? words(parts.slice(-2).join(' '))
}
