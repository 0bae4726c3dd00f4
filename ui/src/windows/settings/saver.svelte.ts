import { asFailure } from '../../host/failure'
import type { FailureView } from '../../ipc/generated/ipc'

/** What is typed into one field, saved when the person is done with it. A value that could not be saved stays typed. */
export class Saver {
  typed = $state<string | undefined>()
  busy = $state(false)
  failure = $state.raw<FailureView | undefined>()
  #save: (value: string) => Promise<unknown>
  #next: string | undefined

  constructor(save: (value: string) => Promise<unknown>) {
    this.#save = save
  }

  type(value: string): void {
    this.typed = value
  }

  /**
   * Saves a value; one that comes while another is being saved goes after it. What is picked, not typed, is not worth
   * keeping when it could not be saved.
   */
  save = async (value: string, picked = false): Promise<void> => {
    this.typed = value
    this.#next = value
    if (this.busy) return
    this.busy = true
    this.failure = undefined
    try {
      while (this.#next !== undefined) {
        const now = this.#next
        this.#next = undefined
        await this.#save(now)
      }
      this.typed = undefined
    } catch (error) {
      this.failure = asFailure(error)
      this.#next = undefined
      if (picked) this.typed = undefined
    } finally {
      this.busy = false
    }
  }

  /** The value in force counts again. */
  reset(): void {
    this.typed = undefined
    this.failure = undefined
  }
}
