import { onDestroy } from 'svelte'
import type { Host } from '../host'
import type { EventName } from '../ipc/commands'
import { LiveView } from './view.svelte'

type NameIn<E> = E extends `${infer N}-changed` ? N : never
type WindowName = NameIn<EventName>

/** What the component of a window begins with: the window's view, kept up to date, and how it closes. */
export function windowOf<N extends WindowName>(host: Host, name: N) {
  const live = new LiveView(host, `${name}_view`, `${name}-changed`)
  onDestroy(() => live.close())
  return { live, close: () => void host.invoke('close_window').catch(() => undefined) }
}
