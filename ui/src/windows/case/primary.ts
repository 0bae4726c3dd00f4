import type { CaseView } from '../../ipc/generated/ipc'

/** What the one filled button of the case window does. */
export type Primary = 'find' | 'retry' | 'key' | 'dialog' | 'send' | 'message' | 'done' | 'none'

/** Decides it from the view; `expired` says that the countdown has run out meanwhile. */
export function primaryOf(view: CaseView, expired: boolean): Primary {
  switch (view.stage) {
    case 'ask':
      return 'find'
    case 'loading':
      return 'none'
    case 'failed':
      return 'retry'
    case 'ready':
      return ofReady(view, expired)
  }
}

function ofReady({ key, email, watch }: CaseView, expired: boolean): Primary {
  if (watch.kind === 'joined' || watch.kind === 'ended') return 'done'
  if (key.kind === 'loading') return 'none'
  if (key.kind === 'dialog') return key.dialog === 'asked' ? 'done' : 'dialog'
  if (key.kind !== 'made' || expired) return 'key'
  if (email === null || email.recipients.length === 0) return 'message'
  return email.state === 'handedOver' ? 'done' : 'send'
}
