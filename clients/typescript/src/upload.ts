import type { Gigsta } from './client.ts'
import type { DraftUploadView, MediaView, UploadRequestBody } from './generated/schema.ts'
import { errorOf } from './problem.ts'
import { pause } from './sending.ts'

/** How a photograph is uploaded. */
export interface UploadOptions {
  purpose: UploadRequestBody['purpose']
  signal?: AbortSignal
}

/** Of photographs for a report by somebody without an account. */
export interface DraftUploadOptions {
  /** What came with the first photograph of the report. */
  draftToken?: string
  signal?: AbortSignal
}

/** One in a second. */
const MOST_LOOKS = 90
/** What the two ways of uploading have of their own: where they are, and whose token opens them. */
type Way = ['/v1/media/{id}', { 'X-Draft-Token'?: string }] | ['/v1/media/drafts/uploads/{id}', { 'X-Draft-Token': string }]

/** Upload a photograph, and wait until it is checked: `ready`, or `rejected` with the reason under `rejection`. */
export async function upload(gigsta: Gigsta, file: Blob, { purpose, signal }: UploadOptions): Promise<MediaView> {
  const { data } = await gigsta.POST('/v1/media/uploads', { body: { ...(await announcement(file)), purpose } })
  return carry(gigsta, file, data, ['/v1/media/{id}', {}], signal)
}

/** The same without an account; send `draftToken` with the next photograph, and with the report. */
export async function uploadDraft(
  gigsta: Gigsta,
  file: Blob,
  { draftToken, signal }: DraftUploadOptions = {},
): Promise<{ media: MediaView; draftToken: string }> {
  const body = { ...(await announcement(file)), draft_token: draftToken ?? null }
  const { data } = await gigsta.POST('/v1/media/drafts/uploads', { body })
  const way: Way = ['/v1/media/drafts/uploads/{id}', { 'X-Draft-Token': data.draft_token }]
  return { media: await carry(gigsta, file, data, way, signal), draftToken: data.draft_token }
}

async function announcement(file: Blob) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return {
    content_type: file.type as UploadRequestBody['content_type'],
    size: file.size,
    sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    file_name: (file as File).name || '',
  }
}

type Announced = Pick<DraftUploadView, 'id' | 'url' | 'method' | 'headers'>

async function carry(gigsta: Gigsta, file: Blob, announced: Announced, [path, header]: Way, signal?: AbortSignal): Promise<MediaView> {
  const headers = new Headers(announced.headers)
  // Set by whatever sends the file; browsers refuse to be told.
  headers.delete('content-length')
  const stored = await fetch(announced.url, { method: announced.method, headers, body: file, signal: signal ?? null })
  // 412: the file is there already.
  if (!stored.ok && stored.status !== 412) throw await errorOf(stored)
  const init = { params: { path: { id: announced.id }, header: header as { 'X-Draft-Token': string } }, signal: signal ?? null }
  await gigsta.POST(`${path as '/v1/media/drafts/uploads/{id}'}/complete`, init)
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const { data } = await gigsta.GET(path as '/v1/media/drafts/uploads/{id}', init)
    if (['ready', 'rejected', 'failed'].includes(data.state)) return data
    await pause(1)
  }
  throw new Error('The photograph is not checked yet.')
}
