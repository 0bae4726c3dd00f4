import { onDestroy } from 'svelte'
import { t } from '../../strings/en'

const SHOWN_MS = 2000

/** Says for a moment that something was saved. */
export class SavedNote {
  shown = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    onDestroy(() => clearTimeout(this.#timer))
  }

  show = (): void => {
    this.shown = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => (this.shown = false), SHOWN_MS)
  }

  /** What a screen reader says of it. */
  get announcement(): string {
    return this.shown ? t.settings.saved : ''
  }
}
