import type { DoubtView } from '../ipc/generated/ipc'
import { t } from '../strings/en'

/** What speaks against a case, as a sentence. */
export function sentence(doubt: DoubtView): string {
  if (doubt.kind === 'closed') return t.doubt.closed
  if (doubt.kind === 'otherCase') return t.doubt.otherCase(doubt.label)
  if (doubt.expected === null) return t.doubt.noPerson(doubt.customer)
  return doubt.perhaps
    ? t.doubt.perhaps(doubt.customer, doubt.expected)
    : t.doubt.otherPerson(doubt.customer, doubt.expected)
}
