import Cable from '@lucide/svelte/icons/cable'
import FileCheck from '@lucide/svelte/icons/file-check'
import KeyRound from '@lucide/svelte/icons/key-round'
import Mail from '@lucide/svelte/icons/mail'
import Star from '@lucide/svelte/icons/star'
import Tag from '@lucide/svelte/icons/tag'
import type { ActivityEntryView, ActivityKindView } from '../../ipc/generated/ipc'
import { t } from '../../strings/en'

/** What stands before an entry. */
export const icons = {
  import: FileCheck,
  survey: Star,
  email: Mail,
  key: KeyRound,
  jump: Cable,
  tag: Tag,
} satisfies Record<ActivityKindView, unknown>

/** What an entry is called, while it waits and when it is done. */
export function name({ kind, title, state }: ActivityEntryView): string {
  const words = t.activity.kinds[kind]
  // A key that was written to its case says so; one that was only made has nothing more to tell.
  const isWritten = kind === 'key' && state.kind === 'done' && state.summary !== ''
  const what = state.kind === 'done' && !isWritten ? words.done : words.open
  return title === '' ? what : words.of(what, title)
}

/** The time of day; on another day with the day before it. What is no time is left out. */
export function time(at: string, now: Date): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const today = date.toDateString() === now.toDateString()
  return new Intl.DateTimeFormat(undefined, {
    ...(today ? {} : { day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(date)
}
