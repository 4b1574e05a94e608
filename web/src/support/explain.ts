import t from '@texts/common'

/** What a person is told about a failure. */
export interface Explanation {
  text: string
  fields: { name: string; message: string }[]
  code: string | null
  status: number | null
  /** The request's id, where only the operators' log can say more. */
  reference: string | null
}

interface Problem {
  detail?: string
  title?: string
  code?: string
  status?: number
  request_id?: string
  errors?: { field: string; message: string }[]
}

/** The problem document of a refusal, whoever threw it. */
export function problemOf(error: unknown): Problem | null {
  if (typeof error !== 'object' || error === null) return null
  const { problem } = error as { problem?: Problem }
  return problem ?? null
}

/** The stable code of a refusal, such as `slot_unavailable`; null for what is no refusal. */
export const codeOf = (error: unknown): string | null => problemOf(error)?.code ?? null

/** Write a failure for people: the server's own words where there are any. */
export function explain(error: unknown): Explanation {
  const problem = problemOf(error)
  if (!problem) {
    const isOffline = error instanceof TypeError || (typeof navigator !== 'undefined' && !navigator.onLine)
    const text = isOffline ? t.offline : error instanceof Error && error.message ? error.message : t.unknownError
    return { text, fields: [], code: null, status: null, reference: null }
  }
  const text = problem.detail || problem.title || t.unknownError
  const fields = (problem.errors ?? [])
    .filter((each) => !text.includes(each.message))
    .map((each) => ({ name: each.field.split('.').at(-1)?.replaceAll('_', ' ') ?? each.field, message: each.message }))
  const isOurs = (problem.status ?? 0) >= 500
  return { text, fields, code: problem.code ?? null, status: problem.status ?? null, reference: isOurs ? (problem.request_id ?? null) : null }
}
