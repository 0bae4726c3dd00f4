import type { SettingsPage, SettingsView, SettingView, Step } from '../../ipc/generated/ipc'

export type Page = SettingsPage | 'check'

export const STEPS: readonly Step[] = ['appliance', 'org', 'check']
const PAGES: readonly Page[] = [...STEPS, 'keys', 'console', 'sessions', 'rules', 'computer']

export function isPage(text: string): text is Page {
  return (PAGES as readonly string[]).includes(text)
}

export function isStep(page: Page): page is Step {
  return (STEPS as readonly Page[]).includes(page)
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

/** The key under which the client secret of an appliance is looked for; it is no setting. */
export const secretKey = (appliance: string): string => `appliance.${appliance}.client_secret`

/** A setting, and where it stands. */
export interface Place {
  key: string
  name: string
  description: string
  page: Page
  /** Page, section, appliance or rule. */
  path: string[]
}

/** Every setting of the window. */
export function places(view: SettingsView, secret: { name: string; description: string }): Place[] {
  const nameOf = (page: SettingsPage) => view.pages.find(({ id }) => id === page)?.name ?? ''
  const place = (page: Page, path: string[]) => (setting: SettingView): Place => {
    const { key, name, description } = setting
    return { key, name, description, page, path }
  }
  const single = view.pages.flatMap(({ id, name, sections }) =>
    sections.flatMap((section) =>
      section.settings.map(place(id, section.name === name ? [name] : [name, section.name])),
    ),
  )
  const ofAppliances = view.appliances.flatMap(({ name, settings }) => {
    const path = [nameOf('appliance'), name]
    const own: Place = { ...secret, key: secretKey(name), page: 'appliance', path }
    return [...settings.map(place('appliance', path)), own]
  })
  const ofRules = view.rules.flatMap(({ name, settings }) =>
    settings.map(place('rules', [nameOf('rules'), name])),
  )
  return [...ofAppliances, ...single, ...ofRules]
}

/** The settings that have every word of a search, those with all in their name first. */
export function search(all: Place[], query: string): Place[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word))
  const whole = ({ key, name, description, path }: Place) =>
    has([name, description, key, ...path].join(' '))
  const found = words.length === 0 ? [] : all.filter(whole)
  return [...found.filter(({ name }) => has(name)), ...found.filter(({ name }) => !has(name))]
}

/** The page of a dotted key, also of one that has no value yet. */
export function pageOf(view: SettingsView, key: string): Page | undefined {
  if (key.startsWith('appliance.')) return 'appliance'
  if (key.startsWith('transition.')) return 'rules'
  const holds = ({ sections }: SettingsView['pages'][number]) =>
    sections.some(({ settings }) => settings.some((setting) => setting.key === key))
  return view.pages.find(holds)?.id
}
