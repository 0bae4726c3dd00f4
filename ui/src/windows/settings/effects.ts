import { t } from '../../strings/en'

interface Effects {
  caseStatus: string | null
  owner: string | null
  comment: string | null
}

/** What a rule does with a case, in one line; empty when it does nothing. */
export function effects({ caseStatus, owner, comment }: Effects): string {
  const texts = t.settings.rules
  const parts = [
    caseStatus === null ? '' : texts.status(caseStatus),
    owner === null ? '' : texts.owner(owner),
    comment === null ? '' : texts.comment(comment),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}
