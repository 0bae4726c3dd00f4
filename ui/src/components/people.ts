import type { CaseHeaderView } from '../ipc/generated/ipc'
import { t } from '../strings/en'

/** Account and contact of a case, in one line. */
export function peopleOf({ account, contact }: CaseHeaderView): string {
  return [account ?? t.case.noAccount, contact ?? t.case.noContact].join(' · ')
}
