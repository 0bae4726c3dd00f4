import type { JumpFormView, JumpMethodView, JumpView } from '../../ipc/generated/ipc'

type Values = Record<string, string>

/** Fields that say where a jump goes, the first one with a text counting. */
const AIM = ['target', 'search', 'hostname', 'tag', 'private_ip', 'public_ip', 'comments']

/** What was typed for each method; a new proposal begins it anew. */
export class JumpDraft {
  method = $state('item')
  #values = $state<Record<string, Values>>({})
  #view: () => JumpView

  constructor(view: () => JumpView) {
    this.#view = view
    this.begin(view().form)
  }

  /** Begins with a form: that of a proposal, or that of a jump of before. */
  begin(form: JumpFormView): void {
    this.method = form.method
    this.#values = { [form.method]: { ...form.values } }
  }

  get spec(): JumpMethodView | undefined {
    return this.#view().methods.find(({ method }) => method === this.method)
  }

  get values(): Values {
    return this.#values[this.method] ?? {}
  }

  get(field: string): string {
    return this.values[field] ?? ''
  }

  set(field: string, value: string): void {
    this.#values[this.method] = { ...this.values, [field]: value }
  }

  /** Where the jump goes, as far as that is typed. */
  get aim(): string {
    return AIM.map((field) => this.get(field).trim()).find((text) => text !== '') ?? ''
  }

  /** The field that names where the method goes. */
  get aimField(): string {
    return this.method === 'item' ? 'search' : 'target'
  }

  /** Another method takes over where it goes, and the rest from when it was last used. */
  choose(method: string): void {
    if (method === this.method) return
    const aim = this.aim
    this.method = method
    const last = this.#view().methods.find((known) => known.method === method)?.last?.values
    const values = this.#values[method] ?? last ?? {}
    this.#values[method] = aim === '' ? values : { ...values, [this.aimField]: aim }
  }

  /** The form as it is sent: the fields of the method that have a text. */
  form(): JumpFormView {
    const fields = this.spec?.fields.map(({ field }) => field) ?? []
    const filled = fields.map((field) => [field, this.get(field).trim()] as const)
    return {
      method: this.method,
      values: Object.fromEntries(filled.filter(([, text]) => text !== '')),
    }
  }

  /** The fields that the method needs and that are empty. */
  missing(): string[] {
    if (this.method === 'item') return this.aim === '' ? ['search'] : []
    const needed = this.spec?.fields.filter(({ required }) => required) ?? []
    return needed.map(({ field }) => field).filter((field) => this.get(field).trim() === '')
  }
}
