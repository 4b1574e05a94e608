import t from '@texts/common'

/** A file of a private photo, as messages and the list of one's photos have it. */
interface PhotoFile {
  url: string
  expires_at: string | null
}

/** Clocks differ, and the bucket has to be reached. */
const MARGIN_MS = 20_000

/**
 * Let a link open a private photo, whose address ends some minutes after it was read.
 *
 * @param press on the link, which leads on by itself while the address is good.
 * @param file that the link leads to.
 * @param readAgain reads the photo anew; nothing where it is gone.
 */
export async function openPhoto(press: Event, file: PhotoFile | undefined, readAgain: () => Promise<PhotoFile | undefined>): Promise<void> {
  if (!file?.expires_at || Date.parse(file.expires_at) - Date.now() > MARGIN_MS) return
  press.preventDefault()
  // A browser opens a tab at the press itself alone, so that it is there before the address is.
  const tab = window.open('', '_blank')
  try {
    const fresh = await readAgain()
    if (!fresh) throw new Error(t.photoGone)
    if (tab) tab.opener = null
    ;(tab?.location ?? location).replace(fresh.url)
  } catch (error) {
    tab?.close()
    throw error
  }
}
