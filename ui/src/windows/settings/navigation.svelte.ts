/** The setting that a person wants to see, by its dotted key. */
class Wanted {
  key = $state<string | undefined>()
  /** Counts each wish, so that the same setting can be wanted again. */
  count = $state(0)
}

export const wanted = new Wanted()

/**
 * Opens the page of a setting and puts the focus on it. The key is a dotted key of the settings file, such as
 * `key.ttl` or `appliance.Default.portals`; the client secret of an appliance is `appliance.NAME.client_secret`.
 */
export function openSetting(key: string): void {
  wanted.key = key
  wanted.count += 1
}

/** The name in a wanted key that begins with this, such as an appliance's. */
export function wantedName(prefix: string): string | undefined {
  return wanted.key?.startsWith(prefix) ? wanted.key.slice(prefix.length).split('.')[0] : undefined
}

/** Puts the focus on the setting of a key, and marks it until the focus leaves it. */
export function focusSetting(key: string): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-setting]')]
  const place = all.find((element) => element.dataset.setting === key)
  if (!place) return
  for (const details of [place.closest('details'), place.querySelector('details')]) details?.setAttribute('open', '')
  const control = place.querySelector<HTMLElement>('input, textarea, select, summary, button')
  control?.scrollIntoView?.({ block: 'center' })
  control?.focus({ preventScroll: true })
  place.dataset.found = ''
  place.addEventListener('focusout', () => delete place.dataset.found, { once: true })
}
