import type { Host } from './host'

export type { Host } from './host'

/** Finds the app this window belongs to. */
export async function connect(): Promise<Host> {
  if (import.meta.env.MODE === 'pictures') {
    return (await import('./fixture')).fixtureHost()
  }
  if ('__TAURI_INTERNALS__' in window) {
    return (await import('./tauri')).tauriHost
  }
  return (await import('./http')).httpHost()
}
