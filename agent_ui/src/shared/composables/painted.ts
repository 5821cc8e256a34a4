const LONGEST_MS = 100

/** Resolves when what was changed just now is on the screen. A page in the background has no frames: there it does not wait for one. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    const limit = setTimeout(resolve, LONGEST_MS)
    // The task after a frame's callback runs when the frame is painted.
    requestAnimationFrame(() => setTimeout(() => {
      clearTimeout(limit)
      resolve()
    }))
  })
