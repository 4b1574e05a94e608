import type { ErrorCode } from './generated/codes.ts'
import type { Problem } from './generated/schema.ts'

/** An answer that is not a success, as a problem document (RFC 9457). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** Stable, and for programs: decide by this. */
  readonly code: ErrorCode
  readonly status: number

  /** What the server said. Members beside the usual ones, such as `actions` or `consequences`, are there too. */
  readonly problem: Problem & Record<string, unknown>
  readonly response: Response

  constructor(problem: Problem & Record<string, unknown>, response: Response) {
    super(problem.detail || problem.title)
    this.problem = problem
    this.response = response
    this.code = problem.code as ErrorCode
    this.status = response.status
  }

  /** What is wrong with one field of the request, in words for people. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((each) => each.field === name)?.message
  }
}

/** The error that an answer is. What no function of the marketplace wrote (a proxy's page) has the code `unknown`. */
export async function errorOf(response: Response): Promise<ApiError> {
  const isProblem = response.headers.get('content-type')?.includes('problem+json')
  const { status, statusText: title } = response
  const problem = isProblem ? await response.json() : { title, status, code: 'unknown' }
  return new ApiError(problem as Problem & Record<string, unknown>, response)
}
