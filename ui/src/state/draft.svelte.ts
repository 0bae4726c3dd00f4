import type { FieldView } from '../ipc/generated/ipc'

/** What a field of a form needs. */
export interface DraftField {
  value: string
  managed: boolean
  onchange: (value: string) => void
}

/** What a person has typed into a form and not saved yet, above the values in force. */
export class Draft<K extends string> {
  #typed = $state<Partial<Record<K, string>>>({})
  #fields: () => Record<K, FieldView>

  constructor(fields: () => Record<K, FieldView>) {
    this.#fields = fields
  }

  get(key: K): string {
    const field = this.#fields()[key]
    return field.managed ? field.value : (this.#typed[key] ?? field.value)
  }

  set(key: K, value: string): void {
    this.#typed[key] = value
  }

  field(key: K): DraftField {
    return {
      value: this.get(key),
      managed: this.#fields()[key].managed,
      onchange: (value) => this.set(key, value),
    }
  }

  get dirty(): boolean {
    const fields = this.#fields()
    return (Object.keys(this.#typed) as K[]).some((key) => this.get(key) !== fields[key].value)
  }

  /** Every value as it would be saved. */
  values(): Record<K, string> {
    const keys = Object.keys(this.#fields()) as K[]
    return Object.fromEntries(keys.map((key) => [key, this.get(key).trim()])) as Record<K, string>
  }

  reset(): void {
    this.#typed = {}
  }
}
