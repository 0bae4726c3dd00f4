import { fixtures, hashOf, sizes } from '../fixtures'
import { nasty, withText } from '../fixtures/nasty'
import type { Command } from '../ipc/commands'
import type { Host } from './host'

/** What the tools that draw and check the pages reach from outside. */
interface Stage {
  fixtures: typeof fixtures
  sizes: typeof sizes
  hashOf: typeof hashOf
  nasty: typeof nasty
  withText: typeof withText
  /** A view to show instead of the fixture. */
  view?: unknown
  /** Each command that a page sent. */
  calls: { command: string; form: unknown }[]
  /** Sends a new view to the page. */
  change: (view: unknown) => void
}

declare global {
  interface Window {
    casebridgeStage?: Partial<Stage>
  }
}

/** A page without an app: its view is the fixture that `?state=` names. */
export function fixtureHost(): Host {
  const name = location.pathname.replace(/^.*\/|\.html$/g, '') as keyof typeof fixtures
  const state = new URLSearchParams(location.search).get('state') ?? ''
  const listeners = new Set<(view: never) => void>()
  const stage: Stage = {
    fixtures,
    sizes,
    hashOf,
    nasty,
    withText,
    calls: [],
    change: (view) => listeners.forEach((changed) => changed(view as never)),
    ...window.casebridgeStage,
  }
  window.casebridgeStage = stage
  const view = stage.view ?? fixtures[name][state] ?? null

  const isView = (command: Command) => command.endsWith('_view')
  return {
    invoke(command, ...form) {
      if (!isView(command)) stage.calls.push({ command, form: form[0] ?? null })
      const answer = isView(command) ? view : undefined
      // Without a view the window goes on waiting for its first answer.
      if (isView(command) && view === null) return new Promise<never>(() => undefined)
      return Promise.resolve(answer as never)
    },
    listen(_event, changed) {
      listeners.add(changed as (view: never) => void)
      return Promise.resolve(() => void listeners.delete(changed as (view: never) => void))
    },
  }
}
