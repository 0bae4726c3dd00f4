import { onDestroy } from 'svelte'
import type { CopyWhat } from '../ipc/commands'
import { t } from '../strings/en'
import { Action } from './action.svelte'

const SHOWN_MS = 2000

/** Copies something for a component, and says for a moment what it was. */
export class Copying extends Action<[CopyWhat]> {
  copied = $state<CopyWhat | undefined>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(copy: (what: CopyWhat) => Promise<unknown>) {
    super(async (what) => {
      await copy(what)
      this.#show(what)
    })
    onDestroy(() => clearTimeout(this.#timer))
  }

  /** What a screen reader says of it. */
  get announcement(): string {
    return this.copied ? t.case.key.copied[this.copied] : ''
  }

  #show(what: CopyWhat): void {
    this.copied = what
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => (this.copied = undefined), SHOWN_MS)
  }
}
