import { mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import LoadFailure from '../src/components/LoadFailure.vue'
import t from '@texts/common'

const shown = (status: number) =>
  mount(LoadFailure, {
    props: { error: { problem: { status, detail: 'The booking does not exist.' } }, what: 'booking', to: '/bookings', toText: 'Bookings' },
    global: { stubs: { RouterLink: RouterLinkStub } },
  })

describe('a page without what it is about', () => {
  beforeEach(() => setActivePinia(createPinia()))
  it('says that it is not there for who asks, and leads on', () => {
    for (const status of [403, 404]) {
      expect(shown(status).get('h1').text()).toBe('There is no such booking')
      expect(shown(status).getComponent(RouterLinkStub).props('to')).toBe('/bookings')
      expect(shown(status).text()).not.toContain(t.retry)
    }
  })
  it('may be tried again where reading it failed', () => {
    expect(shown(503).text()).toContain(t.retry)
    expect(shown(503).text()).not.toContain('There is no such')
  })
})
