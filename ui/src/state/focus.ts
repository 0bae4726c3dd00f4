/** Puts the focus into the first field of a form that can be filled in. */
export function focusFirst(form: HTMLElement): void {
  const field = form.querySelector<HTMLElement>(
    'input:not([readonly]), textarea:not([readonly]), select',
  )
  field?.focus({ preventScroll: true })
}

/** Puts the focus into the first field that has a problem. */
export function focusProblem(form: HTMLElement): void {
  queueMicrotask(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}

/** A focus that went with a button goes on to the first or last button of what took its place. */
export function catchFocus(place: HTMLElement | undefined, which: 'first' | 'last'): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return
  const buttons = [...(place?.querySelectorAll('button') ?? [])]
  buttons.at(which === 'first' ? 0 : -1)?.focus()
}
