import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { api } from '../src/session/api'
import LegalPage from '../src/pages/legal/LegalPage.vue'
import t from '@texts/legal'

const OWN = { version: '2026-11-01', url: `${location.origin}/terms`, privacy_version: '2026-10-01', privacy_url: 'https://example.com/privacy' }

async function shown(which: 'terms' | 'privacy') {
  vi.spyOn(api, 'GET').mockResolvedValue({ data: OWN } as never)
  const page = mount(LegalPage, { props: { which } })
  await flushPromises()
  return page
}

it('tells each policy as it is, and which version holds', async () => {
  const page = await shown('terms')
  expect(page.findAll('[data-policy] dd').map((each) => each.text())).toEqual([
    'You get back all of the price up to 24 hours before the start, 50% of it up to the start; nothing later.',
    'You get back all of the price up to 3 days before the start, 50% of it up to 24 hours before the start; nothing later.',
    'You get back all of the price up to 7 days before the start, 50% of it up to 3 days before the start; nothing later.',
  ])
  expect(page.text()).toContain(t.version(OWN.version))
  expect(page.text()).toContain(t.own.where.terms)
  expect(page.text()).not.toContain(t.elsewhere)
})

it('leads to a text of the marketplace’s own where there is one', async () => {
  const page = await shown('privacy')
  expect(page.get('aside a').attributes('href')).toBe(OWN.privacy_url)
  expect(page.text()).toContain(t.own.where.privacy)
})
