import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import { api } from '../src/session/api'
import PlanPage from '../src/pages/provider/PlanPage.vue'
import t from '@texts/provider'

vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRoute: () => ({ path: '/provider/plan', query: { session_id: 'cs_1' } }) }))

const plan = (id: string, share: number | null) => ({ id, name: id, price: null, interval: 'month', trial_days: 0, active_services: 10, commission_basis_points: share, commission_minimum: null })

/** The page of who comes back from paying. */
async function back(subscription: object | null, has = 'Plus'): Promise<string> {
  vi.spyOn(api, 'GET').mockImplementation(((path: string) =>
    Promise.resolve({ data: path.endsWith('/me') ? { plan: plan(has, has === 'Free' ? null : 900), subscription } : { items: [plan('Free', null), { ...plan('Plus', 900), price: { amount: 2_900, currency: 'nzd' } }], usual_commission_basis_points: 1_250, next_cursor: null } })) as never)
  const page = mount(PlanPage, { global: { plugins: [createPinia()], stubs: { RouterLink: RouterLinkStub, ProviderNav: true } } })
  await flushPromises()
  const text = page.text()
  page.unmount()
  return text
}

it('names the usual commission, and says when a plan that was paid is there', async () => {
  const waiting = await back(null)
  expect(waiting).toContain(t.plan.commission('12.5%'))
  expect(waiting).toContain(t.plan.commission('9%'))
  expect(waiting).toContain(t.plan.done)
  const there = await back({ plan_id: 'Plus', status: 'active', current_period_end: null, trial_end: null, cancel_at_period_end: false, past_due_since: null })
  expect(there).toContain(t.plan.isSet('Plus'))
  expect(there).not.toContain(t.plan.done)
})

it('offers plans again to who had one that ended', async () => {
  const ended = { plan_id: 'Plus', status: 'canceled', current_period_end: '2026-11-01T00:00:00Z', trial_end: null, cancel_at_period_end: false, past_due_since: null }
  const text = await back(ended, 'Free')
  expect(text).toContain(t.plan.choose)
  expect(text).not.toContain(t.plan.manage)
  expect(text).not.toContain(t.plan.renews)
  expect(await back({ ...ended, status: 'active' })).toContain(t.plan.manage)
})
