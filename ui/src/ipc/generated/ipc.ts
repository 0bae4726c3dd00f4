// The wire types between the windows and the app.

export type FailureView = {
  code: string
  title: string
  detail: string
  nextStep: string
  reference: string
}

export type CaseHeaderView = {
  id: string
  number: string
  subject: string
  status: string
  closed: boolean
  account: string | null
  contact: string | null
}

export type QrView = { size: number; path: string }

export type KeyView = {
  shortKey: string
  grouped: string
  url: string
  qr: QrView
  expiresAt: string
  portal: string | null
  queueAvailable: boolean | null
}

export type RecipientView = {
  id: string
  name: string
  address: string
  role: 'contact' | 'requester'
}

export type EmailView = {
  recipients: Array<RecipientView>
  subject: string
  body: string
  state: 'ready' | 'sending' | 'handedOver' | 'failed'
  recipient: string | null
  failure: FailureView | null
}

export type WatchView =
  | { kind: 'idle' }
  | { kind: 'waiting' }
  | { kind: 'joined'; name: string; hostname: string | null }
  | { kind: 'expired' }
  | { kind: 'ended' }
  | { kind: 'stale'; failure: FailureView }

export type WaitingCaseView = { reference: string; label: string }

export type CaseView = {
  stage: 'ask' | 'loading' | 'ready' | 'failed'
  appliance: string
  reference: string | null
  header: CaseHeaderView | null
  key:
    | { kind: 'none' }
    | { kind: 'loading' }
    | ({ kind: 'made' } & KeyView)
    | { kind: 'expired' }
    | { kind: 'failed'; failure: FailureView }
  portals: Array<string>
  portal: string | null
  email: EmailView | null
  watch: WatchView
  failure: FailureView | null
  waiting: Array<WaitingCaseView>
  recent: Array<WaitingCaseView>
}

export type Step = 'appliance' | 'org' | 'check'

export type FieldView = { value: string; managed: boolean; origin: 'policy' | 'user' | 'default' }

export type CheckView = {
  id: string
  title: string
  status: 'pass' | 'warn' | 'fail' | 'skip' | 'running' | 'waiting'
  detail: string
  nextStep: string
}

export type SettingsView = {
  firstRun: boolean
  step: Step
  appliance: {
    hostname: FieldView
    clientId: FieldView
    caFile: FieldView
    secretSaved: boolean
    portals: FieldView
    saving: boolean
    failure: FailureView | null
  }
  org: {
    loginUrl: FieldView
    clientId: FieldView
    caFile: FieldView
    redirectPorts: FieldView
    state: 'signedOut' | 'waitingForBrowser' | 'signedIn'
    username: string | null
    representative: string | null
    instanceUrl: string | null
    saving: boolean
    failure: FailureView | null
  }
  preferences: {
    keyTtl: FieldView
    usernameSource: FieldView
    usernameField: FieldView
    externalKeyWrites: FieldView
    autostart: FieldView
    proxy: FieldView
    logLevel: FieldView
    emailTemplate: FieldView
  }
  checks: Array<CheckView>
  checking: boolean
  version: string
  settingsFile: string
}

export type MenuItemView = { id: string; label: string; enabled: boolean; separator: boolean }

export type MenuView = {
  state: 'ready' | 'working' | 'attention' | 'signedOut'
  status: string
  items: Array<MenuItemView>
}
