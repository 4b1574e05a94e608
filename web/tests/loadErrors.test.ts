import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import admin from '@texts/admin'
import common from '@texts/common'
import CategorySelect from '../src/components/CategorySelect.vue'
import FactorsPart from '../src/pages/account/FactorsPart.vue'
import IdentitiesPart from '../src/pages/account/IdentitiesPart.vue'
import SessionsPart from '../src/pages/account/SessionsPart.vue'
import AuditPage from '../src/pages/admin/AuditPage.vue'
import DisputesPage from '../src/pages/admin/DisputesPage.vue'
import TermsBox from '../src/pages/auth/TermsBox.vue'
import WelcomePage from '../src/pages/auth/WelcomePage.vue'
import BookingHistory from '../src/pages/bookings/BookingHistory.vue'
import PricePanel from '../src/pages/bookings/PricePanel.vue'
import RatingPanel from '../src/pages/bookings/RatingPanel.vue'
import { readIntent } from '../src/pages/checkout/keptIntent'
import ManualBookingForm from '../src/pages/provider/ManualBookingForm.vue'
import NewReportPage from '../src/pages/reports/NewReportPage.vue'
import ReportPage from '../src/pages/reports/ReportPage.vue'
import NewRequestPage from '../src/pages/requests/NewRequestPage.vue'
import { useReportCategories } from '../src/pages/reports/useReportCategories'
import { api } from '../src/session/api'
import { useSession } from '../src/session/session'
import { useCards } from '../src/support/useCards'

const query: Record<string, string> = {}
const router = { push: vi.fn(), replace: vi.fn() }
vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRoute: () => ({ fullPath: '/', query }), useRouter: () => router }))
vi.mock('../src/session/live', () => ({ useLive: () => undefined }))

const DETAIL = 'The database is away for a moment.'
const refused = (status = 503) => Object.assign(new Error(), { problem: { status, detail: DETAIL } })
const nzd = (amount: number) => ({ amount, currency: 'nzd' })
const booking = { id: 'bkg_1', role: 'customer', review: 'open', status: 'completed', price: nzd(100), price_lines: [], payment: { state: 'captured', refunded: nzd(0), captured: nzd(0) }, payout: { state: 'none' } }
const report = { id: 'rep_1', category: 'pothole', title: 'A hole', status: 'verified', photos: [], similar: [], available_actions: [], location: { lat: 0, lng: 0 }, created_at: '2026-11-29T12:00:00Z' }

/** Reading these paths fails; others answer what is given. */
function reads(failing: RegExp, answers: Record<string, unknown> = {}) {
  return vi.spyOn(api, 'GET').mockImplementation(((path: string) =>
    failing.test(path) ? Promise.reject(refused()) : Promise.resolve({ data: answers[path] ?? { items: [], next_cursor: null } })) as never)
}
const STUBS = { RouterLink: RouterLinkStub, MapView: true, PlacePicker: true, PhotoPicker: true, ReportComments: true, AdminShell: { template: '<div><slot /></div>' }, ActionBar: true }
const shown = async (component: Component, props: Record<string, unknown> = {}) => {
  const part = mount(component, { props, global: { plugins: [createPinia()], stubs: STUBS } })
  await flushPromises()
  return part
}

const PARTS: [string, Component, Record<string, unknown>, RegExp][] = [
  ['the categories of services', CategorySelect, { id: 'c', placeholder: 'Choose', modelValue: '' }, /categories/],
  ['the kinds of reports', NewReportPage, {}, /reports\/categories/],
  ['second factors', FactorsPart, {}, /factors/],
  ['connected accounts', IdentitiesPart, {}, /identities/],
  ['sign-ins', SessionsPart, {}, /sessions/],
  ['the terms', TermsBox, { modelValue: null }, /terms/],
  ['a payment', PricePanel, { booking }, /payment/],
  ['what happened to a booking', BookingHistory, { id: 'bkg_1', timezone: 'UTC', role: 'customer' }, /history/],
  ['ratings', RatingPanel, { booking }, /ratings/],
  ['what happened to a report', ReportPage, { id: 'rep_1' }, /timeline/],
  ['services to enter a booking of', ManualBookingForm, { timezone: 'UTC', date: '2026-11-29' }, /services/],
]

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => vi.restoreAllMocks())

describe('a part that cannot be read', () => {
  it.each(PARTS)('says why, and may be tried again: %s', async (_, component, props, failing) => {
    const read = reads(failing, { '/v1/reports/{id}': report })
    const part = await shown(component, props)
    expect(part.get('[role=alert]').text()).toContain(DETAIL)
    read.mockImplementation((() => Promise.resolve({ data: { items: [], tax_lines: [], next_cursor: null } })) as never)
    await part.findAll('[role=alert] button').find((each) => each.text() === common.retry)?.trigger('click')
    await flushPromises()
    expect(part.text()).not.toContain(DETAIL)
    part.unmount()
  })
  it('says of nothing that it is none', async () => {
    reads(/factors|ratings/)
    expect((await shown(FactorsPart)).text()).not.toContain('None yet')
    expect((await shown(RatingPanel, { booking })).find('input[type=radio]').exists()).toBe(false)
  })
  it('leaves the others of a list as they are', async () => {
    const dispute = { id: 'bkg_1', title: 'Fence', reason: 'Late', opened_by: 'customer', opened_at: null, resolved_at: null, evidence: [], captured: nzd(1), refunded: nzd(0), price: nzd(1) }
    reads(/actions/, { '/v1/admin/disputes': { items: [dispute], next_cursor: null } })
    const page = await shown(DisputesPage)
    expect(page.text()).toContain('Fence')
    expect(page.get('[role=alert]').text()).toContain(DETAIL)
  })
  it('asks for no kind of work where the service that is meant is not known', async () => {
    query.service_id = 'svc_1'
    reads(/services/)
    const page = await shown(NewRequestPage)
    expect(page.text()).toContain(DETAIL)
    expect(page.find('select').exists()).toBe(false)
    delete query.service_id
  })
  it('is named by what is known', async () => {
    reads(/categories/)
    const part = await shown({ setup: () => ({ nameOf: useReportCategories().nameOf }), template: `<p>{{ nameOf('street_light') }}</p>` })
    expect(part.text()).toBe('Street light')
  })
})

describe('what is not known', () => {
  it('is no account that there is not', async () => {
    reads(/users/)
    useSession().user = { roles: ['admin'] } as never
    const page = mount(AuditPage, { global: { stubs: STUBS } })
    await page.get('input').setValue('tom@example.com')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(page.get('[role=alert]').text()).toContain(DETAIL)
    expect(page.text()).not.toContain(admin.audit.nobody)
  })
  it('is asked again: the path of who has said who they are', async () => {
    const session = useSession()
    session.user = { full_name: 'Tom', terms: {} } as never
    vi.spyOn(session, 'begin').mockResolvedValue(null)
    vi.spyOn(session, 'reload').mockResolvedValue(null)
    reads(/never/)
    vi.spyOn(api, 'POST').mockImplementation(((path: string) => (path.endsWith('path') ? Promise.reject(refused()) : Promise.resolve({ data: { booking: null } }))) as never)
    const page = mount(WelcomePage, { global: { stubs: { AuthCard: { template: '<div><slot /></div>' } } } })
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(router.replace).toHaveBeenCalledWith('/onboarding')
  })
})

describe('saved cards', () => {
  it('are read once, and again where that failed', async () => {
    const read = reads(/methods/)
    const { cards, error, load } = useCards()
    await load()
    expect(error.value).toMatchObject({ problem: { detail: DETAIL } })
    read.mockImplementation((() => Promise.resolve({ data: { items: [{ id: 'pm_1' }] } })) as never)
    await load()
    await load()
    expect(error.value).toBeNull()
    expect(cards.value.map(({ id }) => id)).toEqual(['pm_1'])
    expect(read).toHaveBeenCalledTimes(2)
  })
})

describe("a guest's hold of this tab", () => {
  const kept = { intent: { id: 'int_1', secret: 's', status: 'pending', start_at: '2026-11-29T12:00:00Z' }, email: 'a@example.com' }
  const failing = async (reason: unknown) => {
    sessionStorage.setItem('gigsta.intent.svc_1', JSON.stringify(kept))
    vi.spyOn(api, 'GET').mockRejectedValue(reason)
    return readIntent('svc_1')
  }
  it('outlives a lost connection', async () => {
    expect(await failing(new TypeError('lost'))).toEqual(kept)
    expect(await failing(refused(503))).toEqual(kept)
  })
  it('is forgotten where there is none by now', async () => {
    expect(await failing(refused(404))).toBeNull()
    expect(sessionStorage.getItem('gigsta.intent.svc_1')).toBeNull()
  })
})
