import type { Command, Commands, EventName, Events } from '../ipc/commands'

/** Commands without a form take no second argument. */
export type FormOf<C extends Command> = Commands[C]['form'] extends undefined
  ? []
  : [form: Commands[C]['form']]

/** The app behind a window. Every rejection is a `FailureView`. */
export interface Host {
  invoke<C extends Command>(command: C, ...form: FormOf<C>): Promise<Commands[C]['answer']>
  /** Calls back with each new view; the promise settles once nothing can be missed any more. */
  listen<E extends EventName>(event: E, changed: (view: Events[E]) => void): Promise<() => void>
}
