import type { CaseView, MenuView, SettingsView, Step } from './generated/ipc'

/** What the person can copy from the case window. */
export type CopyWhat = 'key' | 'url' | 'message' | 'caseId' | 'caseNumber'

/** Each command with the form it takes and the answer it gives. */
export interface Commands {
  case_view: { form: undefined; answer: CaseView }
  look_up_case: { form: { reference: string }; answer: void }
  generate_key: { form: { portal: string | null }; answer: void }
  copy: { form: { what: CopyWhat }; answer: void }
  send_email: { form: { recipient: string }; answer: void }
  stop_watch: { form: undefined; answer: void }
  open_case: { form: undefined; answer: void }
  show_waiting_case: { form: { reference: string }; answer: void }
  retry: { form: undefined; answer: void }
  close_window: { form: undefined; answer: void }

  settings_view: { form: undefined; answer: SettingsView }
  save_appliance: {
    form: {
      hostname: string
      clientId: string
      /** `null` keeps the saved one. */
      secret: string | null
      caFile: string
      portals: string
    }
    answer: void
  }
  save_org: {
    form: { loginUrl: string; clientId: string; caFile: string; redirectPorts: string }
    answer: void
  }
  sign_in: { form: undefined; answer: void }
  cancel_sign_in: { form: undefined; answer: void }
  sign_out: { form: undefined; answer: void }
  save_preference: { form: { key: string; value: string }; answer: void }
  run_checks: { form: undefined; answer: void }
  go_to_step: { form: { step: Step }; answer: void }

  /** Asks for a window as high as its content; the app keeps it on the screen. */
  fit_window: { form: { height: number }; answer: void }

  menu_view: { form: undefined; answer: MenuView }
  press_menu: { form: { id: string }; answer: void }
}

export type Command = keyof Commands

/** The events; each carries the whole view of its window. */
export interface Events {
  'case-changed': CaseView
  'settings-changed': SettingsView
  'menu-changed': MenuView
}

export type EventName = keyof Events
