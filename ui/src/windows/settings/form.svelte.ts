import type { FieldView } from '../../ipc/generated/ipc'
import { Draft, type DraftField } from '../../state/draft.svelte'
import { focusFirst, focusProblem } from '../../state/focus'
import { t } from '../../strings/en'

interface FormField extends DraftField {
  required: boolean
  problem: string | undefined
}

type Required = keyof typeof t.settings.required

/** A page's form: what is typed, which of it is missing, and whether it was saved. */
export class PageForm<K extends string> extends Draft<K> {
  /** It was sent: from then on a field that is missing says so. */
  checked = $state(false)
  saved = $state(false)
  #required: () => readonly (K & Required)[]
  #element: HTMLElement | undefined

  constructor(fields: () => Record<K, FieldView>, required: () => readonly (NoInfer<K> & Required)[]) {
    super(fields)
    this.#required = required
  }

  /** Where it stands, which gets the focus. */
  place = (element: HTMLElement): void => {
    this.#element = element
    focusFirst(element)
  }

  get complete(): boolean {
    return this.#required().every((key) => !this.#isEmpty(key))
  }

  /** Says what is missing and puts the focus there. Returns whether nothing is. */
  check(): boolean {
    this.checked = true
    if (!this.complete && this.#element) focusProblem(this.#element)
    return this.complete
  }

  override field(key: K): FormField {
    const needed = this.#required().find((name) => name === key)
    const missing = this.checked && needed !== undefined && this.#isEmpty(needed)
    return {
      ...super.field(key),
      required: needed !== undefined,
      problem: missing ? t.settings.required[needed] : undefined,
    }
  }

  #isEmpty(key: K): boolean {
    return this.get(key).trim() === ''
  }
}
