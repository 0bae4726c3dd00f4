import type { FailureView } from '../ipc/generated/ipc'
import { t } from '../strings/en'

/** Reads what a command rejected with; anything but a `FailureView` becomes the unexpected one. */
export function asFailure(error: unknown): FailureView {
  if (isFailure(error)) return error
  return {
    code: 'internal',
    title: t.unexpected.title,
    detail: '',
    nextStep: t.unexpected.nextStep,
    reference: '',
  }
}

function isFailure(error: unknown): error is FailureView {
  if (typeof error !== 'object' || error === null) return false
  const parts = error as Record<string, unknown>
  return ['code', 'title', 'detail', 'nextStep', 'reference'].every(
    (part) => typeof parts[part] === 'string',
  )
}
