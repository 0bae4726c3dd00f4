import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import { asFailure } from './failure'
import type { Host } from './host'

/** Inside the desktop app. */
export const tauriHost: Host = {
  async invoke(command, ...form) {
    try {
      return await invoke(command, form[0] === undefined ? {} : { form: form[0] })
    } catch (error) {
      throw asFailure(error)
    }
  },
  listen(event, changed) {
    return listen(event, (message) => changed(message.payload as Parameters<typeof changed>[0]))
  },
}
