import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import RatingPanel from '../src/pages/bookings/RatingPanel.vue'
import type { Schemas } from '../src/support/schemas'

vi.mock('../src/session/api', () => {
  const rating = (author_kind: 'customer' | 'provider', text: string) => ({ id: `rat_${author_kind}`, author_kind, stars: 4, text, state: 'published', reply: null })
  const items = [rating('customer', 'Tidy work.'), rating('provider', 'Friendly dog.')]
  return { api: { GET: () => Promise.resolve({ data: { items } }) } }
})

async function shownTo(role: string): Promise<{ titles: string[]; asks: boolean; text: string }> {
  const panel = mount(RatingPanel, { props: { booking: { id: 'bkg_1', role, review: 'open' } as Schemas['BookingView'] } })
  await flushPromises()
  return { titles: panel.findAll('h3').map((each) => each.text()), asks: panel.find('input[type=radio]').exists(), text: panel.text() }
}

describe('ratings of a booking', () => {
  it('are shown to staff with whose they are, and staff are asked for none', async () => {
    const seen = await shownTo('operator')
    expect(seen.asks).toBe(false)
    expect(seen.titles).toEqual(['The customer’s rating', 'The provider’s rating'])
    expect(seen.text).toContain('Tidy work.')
    expect(seen.text).toContain('Friendly dog.')
  })
  it('are one’s own and theirs to who took part', async () => {
    expect((await shownTo('provider')).titles).toEqual(['Your rating', 'Their rating'])
  })
})
