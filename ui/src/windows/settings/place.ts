import type { Host } from '../../host'
import type { CheckPlaceView } from '../../ipc/generated/ipc'
import { t } from '../../strings/en'
import type { Page } from './pages'

/** Shows a page, and on it the setting with this dotted key where the page can do that. */
export type Show = (page: Page, setting?: string) => void

/** Takes the person to where a check's cause is fixed. */
export async function openPlace(place: CheckPlaceView, host: Host, show: Show): Promise<void> {
  switch (place.kind) {
    case 'setting':
      return show(place.page, place.key)
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
