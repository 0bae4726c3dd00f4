import type { CaseHeaderView, FailureView } from '../ipc/generated/ipc'
import { t } from '../strings/en'

/** Account and contact of a case, in one line. */
export function peopleOf({ account, contact }: CaseHeaderView): string {
  return [account ?? t.case.noAccount, contact ?? t.case.noContact].join(' · ')
}

interface WithCase {
  reference: string | null
  header: CaseHeaderView | null
  caseFailure: FailureView | null
}

/** A case was chosen, and nothing is known of it yet. */
export function isCaseLoading({ reference, header, caseFailure }: WithCase): boolean {
  return reference !== null && !header && !caseFailure
}
