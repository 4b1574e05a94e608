/** A part of a file: its text, and in `Link` the address of the part that follows. */
type Part = { data?: unknown; response: Response }

/** A file that comes in parts, whole. `read` asks for a part by its cursor. */
export async function csvParts(read: (cursor: string | undefined) => Promise<Part>): Promise<Blob> {
  const parts: string[] = []
  let cursor: string | undefined
  do {
    const { data, response } = await read(cursor)
    const text = String(data)
    // Every part has the names of the columns as its first line.
    parts.push(cursor === undefined ? text : text.slice(text.indexOf('\n') + 1))
    cursor = following(response.headers.get('link'))
  } while (cursor !== undefined)
  return new Blob(parts, { type: 'text/csv;charset=utf-8' })
}

/** The cursor of the part that follows, as `Link` names it (RFC 8288). */
function following(link: string | null): string | undefined {
  const address = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? '')?.[1]
  return address === undefined ? undefined : (new URL(address, location.origin).searchParams.get('cursor') ?? undefined)
}
