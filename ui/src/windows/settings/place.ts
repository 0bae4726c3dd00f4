import type { Host } from '../../host'
import type { CheckPlaceView } from '../../ipc/generated/ipc'
import { t } from '../../strings/en'
import { openSetting } from './navigation.svelte'
import type { Page } from './pages'

/** Shows a page. */
export type Show = (page: Page) => void

/** Takes the person to where a check's cause is fixed. */
export async function openPlace(place: CheckPlaceView, host: Host, show: Show): Promise<void> {
  switch (place.kind) {
    case 'setting':
      return openSetting(place.key)
    case 'signIn':
      return show('org')
    case 'activity':
      await host.invoke('show_activity')
  }
}

/** What the button says. */
export function placeLabel(place: CheckPlaceView): string {
  return t.settings.check.open[place.kind]
}
