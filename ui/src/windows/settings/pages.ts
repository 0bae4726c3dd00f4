import type { SettingsView, Step } from '../../ipc/generated/ipc'

export type Page = Step | 'preferences'

export const STEPS: readonly Step[] = ['appliance', 'org', 'check']
export const PAGES: readonly Page[] = [...STEPS, 'preferences']

export function isPage(text: string): text is Page {
  return (PAGES as readonly string[]).includes(text)
}

/** Whether a step of the first run has what it needs. */
export function isDone(view: SettingsView, step: Step): boolean {
  switch (step) {
    case 'appliance':
      return (
        view.appliance.hostname.value !== '' &&
        view.appliance.secretSaved &&
        view.appliance.failure === null
      )
    case 'org':
      return view.org.state === 'signedIn'
    case 'check':
      return (
        view.checks.length > 0 &&
        view.checks.every(({ status }) => status === 'pass' || status === 'skip' || status === 'warn')
      )
  }
}
