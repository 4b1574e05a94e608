/** Hand something of the API that is a file to the person: the answer of a call that takes it as a blob. A refusal is thrown as ever. */
export async function saveFile(answer: Promise<{ data: Blob }>, name: string): Promise<void> {
  handFile((await answer).data, name)
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
