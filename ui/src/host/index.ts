import type { Host } from './host'
import { httpHost } from './http'
import { tauriHost } from './tauri'

export type { Host } from './host'

/** Finds the app this window belongs to. Both hosts are small: fetching one costs more. */
export async function connect(): Promise<Host> {
  if (import.meta.env.MODE === 'pictures') {
    return (await import('./fixture')).fixtureHost()
  }
  return '__TAURI_INTERNALS__' in window ? tauriHost : httpHost()
}
