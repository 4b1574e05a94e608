import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, it, vi } from 'vitest'
import RequestPage from '../src/pages/requests/RequestPage.vue'
import { api } from '../src/session/api'

vi.mock('../src/session/live', () => ({ useLive: () => undefined }))
vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRouter: () => ({}) }))
afterEach(() => void vi.useRealTimers())

const moment = { type: 'string', format: 'date-time' }
const money = { type: 'object', properties: { amount: { type: 'integer' }, currency: { type: 'string' } } }
const extend = {
  action_name: 'extend', button_label: 'Widen the request', note: '', is_critical: false,
  input_schema: {
    type: 'object',
    properties: {
      radius_km: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }], title: 'Radius in kilometres' },
      window: { anyOf: [{ $ref: '#/$defs/NewWindow' }, { type: 'null' }], title: 'Window' },
      budget: { anyOf: [{ $ref: '#/$defs/ExactMoney' }, { type: 'null' }], title: 'Budget' },
    },
    $defs: { NewWindow: { type: 'object', properties: { start_at: moment, end_at: moment } }, ExactMoney: money },
  },
}
const window = { start_at: '2026-12-01T20:00:00Z', end_at: '2026-12-04T04:00:00Z', timezone: 'Pacific/Auckland' }

/** What is sent when the days end as typed, and what the dialog asks for. */
async function widened(now: string, budget: object | null, until: string): Promise<{ sent: unknown; asked: string; fields: number }> {
  vi.useFakeTimers({ now: new Date(now), toFake: ['Date'] })
  const request = {
    id: 'job_1', status: 'exhausted', mode: 'compare', title: 'Hedge', description: '', window, budget, place: { kind: 'customer', address: '', suburb: 'Karori' }, search: null, asked_count: 3,
    next_wave_at: null, booking_id: null, matched_until: null, media: [], radius_km: 20, expires_at: window.end_at, report_id: null, history: [], available_actions: [extend],
  }
  vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: path.endsWith('matches') ? { items: [], next_cursor: null } : request })) as never)
  const send = vi.spyOn(api, 'POST').mockResolvedValue({} as never)
  const page = mount(RequestPage, { props: { id: 'job_1' }, global: { plugins: [createPinia()], stubs: { RouterLink: RouterLinkStub } }, attachTo: document.body })
  await flushPromises()
  await page.get('[data-action=extend]').trigger('click')
  await flushPromises()
  const asked = document.querySelector('dialog')?.textContent ?? ''
  const fields = [...document.querySelectorAll<HTMLInputElement>('dialog input[type=datetime-local]')]
  const last = fields.at(-1)
  if (last) {
    last.value = until
    last.dispatchEvent(new Event('change'))
  }
  await flushPromises()
  document.querySelector('dialog form')?.dispatchEvent(new Event('submit'))
  await flushPromises()
  page.unmount()
  return { sent: (send.mock.lastCall?.[1] as unknown as { body: unknown }).body, asked, fields: fields.length }
}

it('widens the days of a request, which has no budget to widen', async () => {
  const { sent, asked, fields } = await widened('2026-11-30T00:00:00Z', null, '2026-12-08T17:00')
  expect(fields).toBe(2)
  expect(asked).not.toContain('Budget')
  expect(sent).toEqual({ window: { start_at: window.start_at, end_at: '2026-12-08T04:00:00Z' } })
})

it('lets days that have begun go on from now', async () => {
  const { sent, asked, fields } = await widened('2026-12-02T10:20:30Z', { amount: 20_000, currency: 'nzd' }, '2026-12-08T17:00')
  expect(fields).toBe(1)
  expect(asked).toContain('Budget')
  expect(sent).toEqual({ window: { start_at: '2026-12-02T10:20:00Z', end_at: '2026-12-08T04:00:00Z' } })
})

it('sends no days that were not changed', async () => {
  expect((await widened('2026-11-30T00:00:00Z', null, '2026-12-04T17:00')).sent).toEqual({})
})
