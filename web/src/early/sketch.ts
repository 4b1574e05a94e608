import { painted } from './soon'

/** Draws a page of what it reads first, without the app; the shape of it where that is not there yet. */
export type Draw = (answer: unknown) => Element

/** A shape that is seen for less is a flicker, and drawing it takes the time from what it stands for. */
const SHAPE_MS = 300

/**
 * What is seen of a page before the app is there: its shape, then what it is about.
 *
 * It is drawn where the app is going to be, once, and never over it.
 */
export class Sketch {
  readonly #place: () => Element | null
  #isOver = false
  #isFilled = false
  #drawn: Element | null = null

  /** @param place of the app. */
  constructor(place: () => Element | null) {
    this.#place = place
  }

  /**
   * Draw a page.
   * @param load what draws it.
   * @param read what it is about; null where the app is to say why there is none.
   * @returns when there is nothing more to wait for.
   */
  async begin(load: () => Promise<Draw>, read: Promise<unknown>): Promise<void> {
    const known = read.catch(() => null)
    try {
      const draw = await load()
      const late = setTimeout(() => this.#show(draw(null)), SHAPE_MS)
      const answer = await known.finally(() => clearTimeout(late))
      if (answer === null || !this.#show(draw(answer))) return
      this.#isFilled = true
      await painted()
    } catch {
      // The app comes, asks for the same and says what fails.
    }
  }

  /** Draw nothing from now on; returns whether what the page is about can be seen. */
  end(): boolean {
    this.#isOver = true
    return this.#isFilled
  }

  /** Take away what is seen, such as what is somebody's own when they have signed out; nothing comes instead. */
  clear(): void {
    this.#isOver = true
    this.#isFilled = false
    this.#drawn?.remove()
  }

  #show(drawn: Element): boolean {
    if (this.#isOver) return false
    this.#drawn = drawn
    this.#place()?.replaceChildren(drawn)
    return true
  }
}
