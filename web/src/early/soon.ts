/** When something is done, or after some milliseconds. */
export const soon = (done: Promise<unknown>, atMost: number): Promise<unknown> => Promise.race([done, new Promise((late) => setTimeout(late, atMost))])

/** When what was drawn just now has been painted: a frame begins with its callbacks, and is painted before the next task. */
export const painted = (): Promise<void> =>
  new Promise((done) => {
    const next = (): void => void setTimeout(done)
    // Behind other windows there are no frames.
    if (document.visibilityState === 'visible') requestAnimationFrame(next)
    else next()
  })
