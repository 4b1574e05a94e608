import { describe, expect, it } from 'vitest'
import { needed } from '../src/pages/onboarding/needed'
import { detailsText } from '../src/pages/admin/details'

describe('what the server names by its inner names', () => {
  it('is an amount with its currency, never data as a machine writes it', () => {
    expect(detailsText({ status: 'card_saved', price: { amount: 8050, currency: 'nzd' }, roles: ['operator', 'super_admin'], captured: 5 })).toBe('status: card saved · price: NZ$80.50 · roles: operator, super admin')
  })
  it('is told of Stripe’s requirements, and shown as it is where it is new', () => {
    expect(['external_account', 'tos_acceptance.date', 'individual.verification.document', 'individual.dob.day', 'company.shoe_size'].map(needed)).toEqual([
      'A bank account', 'That you accept Stripe’s terms', 'A photo of an official document', 'Your date of birth', 'Company shoe size',
    ])
  })
})
