import { asFailure } from '../host/failure'
import type { FailureView } from '../ipc/generated/ipc'

/** Something a person starts with a button: busy while it runs, with its failure afterwards. */
export class Action<A extends unknown[] = []> {
  busy = $state(false)
  failure = $state.raw<FailureView | undefined>()
  #work: (...args: A) => Promise<unknown>
  #last: A | undefined

  constructor(work: (...args: A) => Promise<unknown>) {
    this.#work = work
  }

  /** Runs it and says whether it went well; a second start while it runs does nothing. */
  run = async (...args: A): Promise<boolean> => {
    if (this.busy) return false
    this.busy = true
    this.failure = undefined
    this.#last = args
    try {
      await this.#work(...args)
      return true
    } catch (error) {
      this.failure = asFailure(error)
      return false
    } finally {
      this.busy = false
    }
  }

  /** Runs it again as it was run before. */
  again = async (): Promise<boolean> => (this.#last ? this.run(...this.#last) : false)

  clear = () => (this.failure = undefined)
}
