/** How long a fresh button ignores Enter: a key meant for the window before it must not press it. */
export const SETTLE_MS = 400

const filled = new Set<HTMLElement>()

/** Marks a button as the filled one of its window, which Enter presses. */
export function filledButton(button: HTMLElement): () => void {
  filled.add(button)
  button.dataset.fresh = ''
  const settled = setTimeout(() => delete button.dataset.fresh, SETTLE_MS)
  return () => {
    clearTimeout(settled)
    filled.delete(button)
  }
}

interface WindowKeys {
  close: () => void
  /** By letter, with Ctrl (Command on macOS). */
  shortcuts?: Record<string, () => void>
}

/** The keys of a whole window: Esc closes, Enter presses the filled button, shortcuts copy. */
export function windowKeys({ close, shortcuts = {} }: WindowKeys): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.defaultPrevented || event.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      close()
    } else if (event.key === 'Enter') {
      pressFilled(event)
    } else if (isShortcut(event)) {
      const letter = event.key.toLowerCase()
      const action = shortcuts[letter]
      if (!action || (letter === 'c' && hasSelection(event.target))) return
      event.preventDefault()
      if (!event.repeat) action()
    }
  }
}

function pressFilled(event: KeyboardEvent): void {
  const target = event.target
  const ownsEnter =
    target instanceof Element && target.closest('button, a, input, select, textarea, summary, [role="menuitem"]')
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
  const button = [...filled].at(-1)
  if (!button || ownsEnter) return
  const settled = button.dataset.fresh === undefined
  event.preventDefault()
  if (settled && !(button as HTMLButtonElement).disabled && button.ariaDisabled !== 'true') button.click()
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

function isShortcut(event: KeyboardEvent): boolean {
  const command = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
  return command && !event.altKey && !event.shiftKey
}

function hasSelection(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return true
  return !(getSelection()?.isCollapsed ?? true)
}

/** How a shortcut is shown, and how assistive technology is told of it. */
export function shortcutLabel(letter: string): { shown: string; aria: string } {
  const upper = letter.toUpperCase()
  return isMac
    ? { shown: `⌘${upper}`, aria: `Meta+${upper}` }
    : { shown: `Ctrl+${upper}`, aria: `Control+${upper}` }
}
