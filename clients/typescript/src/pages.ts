/**
 * Every item of every page of a list.
 * @example
 * for await (const booking of items((cursor) => gigsta.GET('/v1/bookings', { params: { query: { cursor } } }))) …
 */
export async function* items<Item>(
  page: (cursor: string | null) => Promise<{ data: { items: Item[]; next_cursor?: string | null } }>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null = null
  do {
    const { data } = await page(cursor)
    yield* data.items
    cursor = data.next_cursor ?? null
  } while (cursor !== null)
}
