import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { api } from '../src/session/api'
import CalendarFeed from '../src/components/CalendarFeed.vue'
import t from '@texts/calendar'

afterEach(() => vi.restoreAllMocks())
const press = async (page: VueWrapper, label: string) => {
  await page.findAll('button').find((each) => each.text() === label)!.trigger('click')
  await flushPromises()
}
const agree = async (page: VueWrapper) => {
  await page.get('form').trigger('submit')
  await flushPromises()
}

it('makes and ends the address of its own side, and asks before each', async () => {
  const put = vi.spyOn(api, 'PUT').mockResolvedValue({ data: { url: 'https://example.com/feed' } } as never)
  const remove = vi.spyOn(api, 'DELETE').mockResolvedValue({} as never)
  const params = { query: { role: 'provider' } }
  const page = mount(CalendarFeed, { props: { role: 'provider' }, attachTo: document.body })
  await press(page, t.make)
  expect(put).not.toHaveBeenCalled()
  expect(page.get('form').text()).toContain(t.makeAsk)
  await agree(page)
  expect(put).toHaveBeenCalledWith('/v1/bookings/calendar-feed', { params })
  expect(page.get('input').element.value).toBe('https://example.com/feed')
  await press(page, t.end)
  expect(remove).not.toHaveBeenCalled()
  await agree(page)
  expect(remove).toHaveBeenCalledWith('/v1/bookings/calendar-feed', { params })
  expect(page.find('input').exists()).toBe(false)
  expect(page.text()).toContain(t.ended)
  page.unmount()
})
