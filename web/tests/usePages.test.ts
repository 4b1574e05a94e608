import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { usePages, type Paged } from '../src/support/usePages'

/** A list of `length` numbers, two a page; `asked` are the cursors. */
async function listed(length: () => number) {
  const asked: (string | undefined)[] = []
  let list: Paged<number> | undefined
  mount({
    setup() {
      list = usePages<number>((cursor) => {
        asked.push(cursor)
        const from = Number(cursor ?? 0)
        const all = Array.from({ length: length() }, (_, index) => index)
        return Promise.resolve({ items: all.slice(from, from + 2), next_cursor: from + 2 < length() ? String(from + 2) : null })
      })
      return () => null
    },
  })
  await flushPromises()
  return { list: list as Paged<number>, asked }
}

describe('a list by pages', () => {
  it('reads again as much as is shown, and begins with one page', async () => {
    let length = 5
    const { list, asked } = await listed(() => length)
    await list.more()
    expect(list.items.value).toEqual([0, 1, 2, 3])
    await list.refresh()
    expect(asked).toEqual([undefined, '2', undefined, '2'])
    expect([list.items.value, list.hasMore.value]).toEqual([[0, 1, 2, 3], true])
    length = 3
    await list.refresh()
    expect([list.items.value, list.hasMore.value]).toEqual([[0, 1, 2], false])
    length = 1
    await list.refresh()
    expect(list.items.value).toEqual([0])
    length = 5
    await list.reload()
    await list.refresh()
    expect(list.items.value).toEqual([0, 1])
  })
})
