/** What is read of an answer: lists that can be had as CSV, too, are asked for as objects. */
type Read<T> = [T] extends [string] ? T : Exclude<T, string>

/** The body of an answer; refusals are thrown by the client before this. */
export async function dataOf<T>(answer: Promise<{ data?: T }>): Promise<Read<T>> {
  return (await answer).data as Read<T>
}
