import { api, kept } from '../session/api'

/** Fetch something of the API that is a file, with the sign-in, and hand it to the person. */
export async function saveFile(path: string, name: string): Promise<void> {
  // Any call renews the access token where it has lapsed; a file is not JSON, so it is fetched plainly after that.
  await api.GET('/v1/users/me')
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${kept.accessToken ?? ''}` } })
  if (!answer.ok) throw new Error(answer.statusText || String(answer.status))
  handFile(await answer.blob(), name)
}

/** Hand a file that was made here to the person. */
export function handFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
