import { waitFor } from '@testing-library/svelte'
import { expect } from 'vitest'
import type { Host } from '../src/host'
import type { Command, Commands } from '../src/ipc/commands'
import type { FailureView } from '../src/ipc/generated/ipc'

export const failure: FailureView = {
  code: 'site_unreachable',
  title: "The site can't be reached",
  detail: 'support.example.com did not answer.',
  nextStep: 'Check your network, then try again.',
  reference: '7f3a-19c2',
}

/** An app that shows one view, notes each command, and fails where it is told to. */
export class FakeHost implements Host {
  calls: { command: Command; form: unknown }[] = []
  failing = new Map<Command, FailureView>()
  readonly #listeners = new Set<(view: never) => void>()

  constructor(public view: object) {}

  async invoke<C extends Command>(command: C, ...form: unknown[]): Promise<Commands[C]['answer']> {
    await Promise.resolve()
    const refused = this.failing.get(command)
    if (refused) throw refused
    if (command.endsWith('_view')) return this.view as Commands[C]['answer']
    this.calls.push({ command, form: form[0] ?? null })
    return undefined as Commands[C]['answer']
  }

  listen(_event: string, changed: (view: never) => void): Promise<() => void> {
    this.#listeners.add(changed)
    return Promise.resolve(() => void this.#listeners.delete(changed))
  }

  change(view: object): void {
    this.view = view
    for (const changed of this.#listeners) changed(view as never)
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** The forms of a command, in the order of the calls. */
  forms(command: Command): unknown[] {
    return this.calls.filter((call) => call.command === command).map(({ form }) => form)
  }
}

/** Waits until every filled button has settled, so that it takes Enter. */
export const settle = () => waitFor(() => expect(document.querySelector('[data-fresh]')).toBeNull())
