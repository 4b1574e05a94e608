import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp, h, ref, type Ref } from 'vue'
import { mountBehind } from '../src/support/mountBehind'

const title = ref('')

/** A page that is drawn already, with an app that says a heading behind it. */
function begin(shown: Ref<string>): void {
  document.body.innerHTML = '<div id="app"><h1>A hedge</h1><i>drawn</i></div>'
  const place = document.getElementById('app')
  if (place) mountBehind(createApp({ render: () => h('main', [h('h1', shown.value), h('b', 'the app')]) }), place)
}

beforeEach(() => {
  vi.useFakeTimers()
  title.value = 'Looking …'
})
afterEach(() => vi.useRealTimers())

it('shows the app once it says the same heading', async () => {
  begin(title)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(document.body.textContent).toBe('A hedgedrawn')
  title.value = 'A hedge'
  await vi.advanceTimersByTimeAsync(0)
  expect(document.body.textContent).toBe('A hedgethe app')
  expect(document.querySelectorAll('#app')).toHaveLength(1)
})

it('shows the app in any case after a while', async () => {
  begin(title)
  await vi.advanceTimersByTimeAsync(2_001)
  expect(document.body.textContent).toBe('Looking …the app')
})

it('shows the app as soon as what is drawn is taken away', async () => {
  begin(title)
  document.getElementById('app')?.replaceChildren()
  await vi.advanceTimersByTimeAsync(0)
  expect(document.body.textContent).toBe('Looking …the app')
})
