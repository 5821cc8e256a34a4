/** Hold and resume, however quick the fingers: while one re-INVITE is on its way another cannot be sent, and what was wished last must still come to pass. */

/** What is asked of a JsSIP session: false from `hold` and `unhold` means that it cannot be sent now. */
export interface Holdable {
  isEnded(): boolean
  isOnHold(): { local: boolean }
  hold(options: object, done: () => void): boolean
  unhold(options: object, done: () => void): boolean
}

/** The other side's re-INVITE tells nobody here when it is over. */
const AGAIN_MS = 100

export class Holder {
  private wish: boolean | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly session: Holdable) {}

  want(on: boolean): void {
    this.wish = on
    this.pursue()
  }

  private readonly pursue = (): void => {
    clearTimeout(this.timer)
    if (this.wish === null || this.session.isEnded()) return
    if (this.session.isOnHold().local === this.wish) {
      this.wish = null
      return
    }
    const sent = this.wish ? this.session.hold({}, this.pursue) : this.session.unhold({}, this.pursue)
    if (!sent) this.timer = setTimeout(this.pursue, AGAIN_MS)
  }
}
