import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import t from '@texts/account'
import PhotoPicker from '../src/components/PhotoPicker.vue'
import ProfilePart from '../src/pages/account/ProfilePart.vue'
import ProfilePage from '../src/pages/provider/ProfilePage.vue'
import { api, kept } from '../src/session/api'
import { useSession, type Account } from '../src/session/session'

const media = { id: 'med_1', width: 9, height: 9, placeholder: null, files: [{ name: 'small', url: 'https://x/med_1' }] }
let user = { id: 'usr_mia', full_name: 'Mia Lane', picture_media_id: 'med_1' as string | null }
let provider = { id: 'prv_1', trading_name: 'Hedges', bio: '', service_radius_km: 5, address: { text: 'A' }, tax_number: null, version: 3, picture: { media_id: 'med_1', files: [{ name: 'small', src: 'https://x/med_1' }] } as object | null }

const button = (found: VueWrapper, text: string) => found.findAll('button').find((each) => each.text() === text)
const pictures = (found: VueWrapper) => found.findAll('img').map((each) => each.attributes('src'))
async function save(found: VueWrapper): Promise<unknown> {
  await found.get('form').trigger('submit')
  await flushPromises()
  return (vi.mocked(api.PATCH).mock.lastCall?.[1] as unknown as { body: { picture_media_id?: string | null } }).body.picture_media_id
}
async function shown(part: typeof ProfilePart | typeof ProfilePage): Promise<VueWrapper> {
  const found = mount(part, { global: { stubs: { RouterLink: true, ProviderNav: true } } }) as VueWrapper
  await flushPromises()
  return found
}

beforeEach(() => {
  setActivePinia(createPinia())
  user = { ...user, picture_media_id: 'med_1' }
  useSession().user = user as Account
  vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: path === '/v1/users/me' ? user : path.startsWith('/v1/media') ? media : provider })) as never)
  vi.spyOn(api, 'PATCH').mockImplementation(((path: string, { body }: { body: { picture_media_id?: string | null } }) => {
    const { picture_media_id: id } = body
    if (id !== undefined && path === '/v1/users/me') user = { ...user, picture_media_id: id }
    else if (id !== undefined) provider = { ...provider, picture: id ? { media_id: id, files: [] } : null }
    return Promise.resolve({ data: provider })
  }) as never)
})
afterEach(() => {
  kept.end()
  vi.restoreAllMocks()
})

describe.each([['an account', ProfilePart], ['a provider', ProfilePage]] as const)('the picture of %s', (_of, part) => {
  it('is shown, and goes when that is saved, unless it is kept', async () => {
    const found = await shown(part)
    expect(pictures(found)).toEqual(['https://x/med_1'])
    await button(found, t.profile.removePicture)?.trigger('click')
    expect(pictures(found)).toEqual([])
    await button(found, t.profile.keepPicture)?.trigger('click')
    expect(await save(found)).toBeUndefined()
    await button(found, t.profile.removePicture)?.trigger('click')
    expect(await save(found)).toBeNull()
    expect(pictures(found)).toEqual([])
    expect(button(found, t.profile.removePicture)).toBeUndefined()
    found.getComponent(PhotoPicker).vm.$emit('update:modelValue', ['med_2'])
    expect(await save(found)).toBe('med_2')
    expect(await save(found)).toBeUndefined()
  })
})

it('keeps what is typed when the account is read anew', async () => {
  const found = await shown(ProfilePart)
  await found.get('input[autocomplete=name]').setValue('Mia M. Lane')
  const session = useSession()
  await session.begin({ access_token: 'a', refresh_token: 'r' })
  await flushPromises()
  expect(found.get<HTMLInputElement>('input[autocomplete=name]').element.value).toBe('Mia M. Lane')
})
