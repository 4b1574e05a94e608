import { flushPromises, mount, RouterLinkStub, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import AuditPage from '../src/pages/admin/AuditPage.vue'
import DebtsPage from '../src/pages/admin/DebtsPage.vue'
import DiscrepanciesPage from '../src/pages/admin/DiscrepanciesPage.vue'
import ModerationPage from '../src/pages/admin/ModerationPage.vue'
import PeoplePage from '../src/pages/admin/PeoplePage.vue'
import ReportsReviewPage from '../src/pages/admin/ReportsReviewPage.vue'
import { api } from '../src/session/api'
import { useSession, type Account } from '../src/session/session'
import t from '@texts/admin'
import c from '@texts/common'

vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRoute: () => ({ query: {} }) }))

/** A page of staff as somebody with a role sees it, where each route answers with so many things. */
async function seen(page: Component, role: Account['roles'][number], lists: Record<string, object[]>) {
  const pinia = createPinia()
  setActivePinia(pinia)
  useSession().user = { roles: [role] } as unknown as Account
  const read = vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: { items: lists[path] ?? [], next_cursor: null } })) as never)
  const wrapper: VueWrapper = mount(page, { global: { plugins: [pinia], stubs: { RouterLink: RouterLinkStub, AdminShell: { template: '<div><slot name="aside" /><slot /></div>' } } } })
  await flushPromises()
  return { wrapper, read }
}

it('shows moderators the photos of reported messages, and says which are gone', async () => {
  const media = [{ id: 'med_1', url: 'https://files/1.webp' }, { id: 'med_2', url: null }]
  const item = {
    id: 'mod_1', kind: 'message', subject: 'msg_1', seq: 1, reason: 'abuse', note: '', excerpt: '', messages: [{ id: 'msg_1', seq: 1, sender: 'customer', text: '', media }], photo: null, state: 'open',
    reporter_id: 'usr_1', reported_id: 'usr_2', claimed_until: null, decisions: [], appeal: null, possible_outcomes: ['keep'], created_at: '2026-11-01T00:00:00Z',
  }
  const { wrapper } = await seen(ModerationPage, 'moderator', { '/v1/admin/moderation': [item] })
  expect(wrapper.findAll('img').map((each) => each.attributes('src'))).toEqual(['https://files/1.webp'])
  expect(wrapper.text()).toContain(t.moderation.photoGone)
})

it('takes an account for the one that was asked for by its whole address alone', async () => {
  const { wrapper, read } = await seen(AuditPage, 'admin', { '/v1/admin/users': [{ id: 'usr_2', email: 'mere@example.com.au' }, { id: 'usr_1', email: 'Mere@example.com' }], '/v1/admin/audit-logs': [{ id: 'sec_1', at: '2026-11-01T00:00:00Z', type: 'suspended', user_id: 'usr_9', actor_id: null, details: {} }] })
  const search = async (text: string) => {
    await wrapper.get('input[type=search]').setValue(text)
    await wrapper.get('form').trigger('submit')
    await flushPromises()
  }
  await search('mere@example.com')
  expect(read.mock.lastCall).toMatchObject(['/v1/admin/audit-logs', { params: { query: { user_id: 'usr_1' } } }])
  expect(wrapper.text()).toContain('usr_9')
  await search('mere@example')
  expect(wrapper.text()).not.toContain('usr_9')
  expect(wrapper.text()).toContain(t.audit.nobody)
  expect(read.mock.lastCall?.[0]).toBe('/v1/admin/users')
})

it.each(['operator', 'admin'] as const)('leads an %s to bookings where they see them', async (role) => {
  const sum = { amount: 500, currency: 'nzd' }
  const debts = await seen(DebtsPage, role, { '/v1/admin/provider-debts': [{ booking_id: 'bkg_1', provider_id: 'prv_1', title: 'Hedge', start_at: '2026-11-01T00:00:00Z', next_try_at: null, amount: sum }] })
  const row = { id: 'dis_1', booking_id: 'bkg_1', kind: 'captured_amount', note: '', stripe_id: null, last_seen_at: '2026-11-01T00:00:00Z', expected: 1, found: 2, currency: 'nzd' }
  const differences = await seen(DiscrepanciesPage, role, { '/v1/admin/payment-discrepancies': [row] })
  for (const { wrapper } of [debts, differences]) {
    const links = wrapper.findAllComponents(RouterLinkStub).map((each) => each.props('to'))
    expect(links.includes('/bookings/bkg_1')).toBe(role === 'operator')
  }
  expect(debts.wrapper.text()).toContain('Hedge')
  expect(differences.wrapper.text()).toContain(t.discrepancies.kinds.captured_amount)
})

it('marks a report as one that was reported before, and reopens what was resolved', async () => {
  const report = (status: string, similar_ids: string[]) => ({ id: `rpt_${status}`, version: 3, status, title: status, description: '', category: 'other', address: '', photo_urls: [], similar_ids, verdict: null, created_at: '2026-11-01T00:00:00Z' })
  const { wrapper, read } = await seen(ReportsReviewPage, 'moderator', { '/v1/admin/reports': [report('needs_review', ['rpt_1']), report('verified', []), report('resolved', [])] })
  const labels = (index: number) => wrapper.findAll('article')[index]?.findAll('button').map((each) => each.text())
  expect(labels(0)).toContain(t.reports.to.duplicate)
  expect(labels(1)).not.toContain(t.reports.to.duplicate)
  expect(labels(2)).toContain(t.reports.to.reopened)
  read.mockResolvedValue({ data: { similar: [{ id: 'rpt_1', title: 'Broken lamp', status: 'verified' }, { id: 'rpt_2', title: 'Lamp', status: 'duplicate' }], items: [] } } as never)
  const lead = vi.spyOn(api, 'PUT').mockResolvedValue({} as never)
  await wrapper.findAll('button').find((each) => each.text() === t.reports.to.duplicate)?.trigger('click')
  await flushPromises()
  const choices = wrapper.findAll('dialog option').map((each) => each.attributes('value'))
  expect(choices).toEqual(['', 'rpt_1'])
  await wrapper.get('dialog select').setValue('rpt_1')
  await wrapper.get('dialog form').trigger('submit')
  await flushPromises()
  expect(lead.mock.lastCall?.[1]).toMatchObject({ params: { path: { id: 'rpt_needs_review' } }, body: { status: 'duplicate', duplicate_of: 'rpt_1' } })
})

it('goes on with the people who were searched for, whatever was typed since', async () => {
  const { wrapper, read } = await seen(PeoplePage, 'admin', {})
  read.mockResolvedValue({ data: { items: [{ id: 'usr_1', full_name: 'Mere', email: 'mere@example.com', created_at: '2026-11-01T00:00:00Z', is_active: true }], next_cursor: 'two' } } as never)
  await wrapper.get('input[type=search]').setValue('Mere')
  await wrapper.get('form').trigger('submit')
  await flushPromises()
  await wrapper.get('input[type=search]').setValue('Somebody else')
  await wrapper.findAll('button').find((each) => each.text() === c.more)?.trigger('click')
  await flushPromises()
  expect(read.mock.lastCall?.[1]).toMatchObject({ params: { query: { q: 'Mere', cursor: 'two' } } })
})
