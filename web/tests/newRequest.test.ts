import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import NewRequestPage from '../src/pages/requests/NewRequestPage.vue'
import { api } from '../src/session/api'

vi.mock('../src/session/config', () => ({ config: () => Promise.resolve({ currency: 'nzd' }) }))

const query: Record<string, string> = {}
vi.mock('vue-router', async (actual) => ({ ...(await actual<object>()), useRoute: () => ({ query, fullPath: `/job-requests/new?${JSON.stringify(query)}` }), useRouter: () => ({ push: () => Promise.resolve() }) }))

/** The kinds of place that are offered, and what is sent with one of them. */
async function asked(serviceKinds: string[] | null, kind: string): Promise<{ kinds: string[]; sent: object }> {
  sessionStorage.clear()
  if (serviceKinds) query.service_id = `svc_${serviceKinds.join('_')}`
  else delete query.service_id
  vi.spyOn(api, 'GET').mockImplementation(((path: string) =>
    path.includes('/services/') ? Promise.resolve({ data: { title: 'Nails', place_kinds: serviceKinds, price: null, provider: null } }) : new Promise(() => undefined)) as never)
  const send = vi.spyOn(api, 'POST').mockResolvedValue({ data: { id: 'job_1' } } as never)
  const page = mount(NewRequestPage, { global: { plugins: [createPinia()], stubs: { CategorySelect: true } } })
  await flushPromises()
  const kinds = page.findAll<HTMLInputElement>('input[name=place]')
  if (kind) await page.get(`input[name=place][value=${kind}]`).setValue()
  const address = page.find('input[autocomplete=street-address]')
  if (address.exists()) await address.setValue('1 Lambton Quay, Wellington')
  await page.get('form').trigger('submit')
  await flushPromises()
  page.unmount()
  return { kinds: kinds.map((each) => each.element.value), sent: (send.mock.lastCall?.[1] as unknown as { body: object }).body }
}

it('asks for a service at the provider’s place without an address of one’s own', async () => {
  const { kinds, sent } = await asked(['provider', 'online'], '')
  expect(kinds).toEqual(['provider', 'online'])
  expect(sent).toMatchObject({ place_kind: 'provider' })
  expect(sent).not.toHaveProperty('address')
})

it('looks for providers around an address, and for nobody’s online', async () => {
  const { kinds, sent } = await asked(null, 'provider')
  expect(kinds).toEqual(['customer', 'provider', 'online'])
  expect(sent).toMatchObject({ place_kind: 'provider', address: '1 Lambton Quay, Wellington' })
  expect((await asked(null, 'online')).sent).not.toHaveProperty('address')
  expect((await asked(['customer', 'provider'], '')).sent).toMatchObject({ place_kind: 'customer', address: '1 Lambton Quay, Wellington' })
})
