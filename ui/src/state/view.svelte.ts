import { asFailure } from '../host/failure'
import type { Host } from '../host'
import type { Command, Commands, EventName, Events } from '../ipc/commands'
import type { FailureView } from '../ipc/generated/ipc'

type ViewCommand = { [C in Command]: Commands[C]['answer'] extends object ? C : never }[Command]

/** The view of one window, kept up to date by its event. */
export class LiveView<E extends EventName> {
  current = $state.raw<Events[E] | undefined>()
  failure = $state.raw<FailureView | undefined>()
  #stop: (() => void) | undefined
  #closed = false
  #load: () => Promise<void>

  constructor(host: Host, command: ViewCommand, event: E) {
    this.#load = async () => {
      this.failure = undefined
      try {
        // Listening comes first, or a change between the two calls would be lost.
        if (!this.#stop) {
          const stop = await host.listen(event, (view) => (this.current = view))
          if (this.#closed) return stop()
          this.#stop = stop
        }
        const before = this.current
        const view = (await host.invoke(command)) as Events[E]
        // A view that arrived by event meanwhile is the newer one.
        if (this.current === before) this.current = view
      } catch (error) {
        this.failure = asFailure(error)
      }
    }
    void this.#load()
  }

  /** There is something to show, be it a failure. */
  get ready(): boolean {
    return this.current !== undefined || this.failure !== undefined
  }

  retry = () => this.#load()

  close(): void {
    this.#closed = true
    this.#stop?.()
  }
}
