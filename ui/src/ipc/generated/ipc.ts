// Written by `cargo xtask codegen` from crates/ipc; changes here are overwritten.

export type Stage = "ask" | "loading" | "ready" | "failed";

export type CaseHeaderView = { 
/**
 * The record id, 18 characters.
 */
id: string, 
/**
 * The number as the org writes it.
 */
number: string, 
/**
 * The subject; may be empty.
 */
subject: string, 
/**
 * The status in the org's words.
 */
status: string, 
/**
 * Whether the org counts it as closed.
 */
closed: boolean, 
/**
 * The account's name.
 */
account: string | null, 
/**
 * The contact's name.
 */
contact: string | null, };

export type KeyKindView = "server" | "console" | "web";

export type EmailStateView = "ready" | "sending" | "handedOver" | "failed";

export type RoleView = "contact" | "requester";

export type RecipientView = { 
/**
 * What `send_email` takes.
 */
id: string, 
/**
 * The name.
 */
name: string, 
/**
 * The address.
 */
address: string, 
/**
 * Their part in the case.
 */
role: RoleView, };

export type FailureView = { 
/**
 * The word in logs and JSON answers.
 */
code: string, 
/**
 * What happened.
 */
title: string, 
/**
 * What it was about; may be empty.
 */
detail: string, 
/**
 * What to do.
 */
nextStep: string, 
/**
 * What finds the failure in the log.
 */
reference: string, };

export type EmailView = { 
/**
 * Who may get it.
 */
recipients: Array<RecipientView>, 
/**
 * Fields with addresses that the user may not see.
 */
hidden: Array<string>, 
/**
 * One line.
 */
subject: string, 
/**
 * Plain text.
 */
body: string, 
/**
 * How far it is.
 */
state: EmailStateView, 
/**
 * The recipient's id, once chosen.
 */
recipient: string | null, 
/**
 * Why it failed.
 */
failure: FailureView | null, };

export type WaitingCaseView = { 
/**
 * What `show_waiting_case` takes of a waiting case, and `look_up_case` of a recent one.
 */
reference: string, 
/**
 * What the person reads.
 */
label: string, };

export type DoubtView = { "kind": "otherPerson", 
/**
 * The case's contact, if it names one.
 */
expected: string | null, 
/**
 * Who is in the session.
 */
customer: string, 
/**
 * A part of the name agrees.
 */
perhaps: boolean, } | { "kind": "otherCase", 
/**
 * The number of that case, or what is carried.
 */
label: string, } | { "kind": "closed" };

export type WatchView = { "kind": "idle" } | { "kind": "waiting" } | { "kind": "joined", 
/**
 * The customer's name.
 */
name: string, 
/**
 * The customer's computer.
 */
hostname: string | null, 
/**
 * What speaks against the case; nothing once a person has agreed.
 */
doubt: DoubtView | null, } | { "kind": "expired" } | { "kind": "ended" } | { "kind": "stale", 
/**
 * Why.
 */
failure: FailureView, };

export type QrView = { 
/**
 * Modules on each side, without a quiet zone.
 */
size: number, 
/**
 * An SVG path in units of one module.
 */
path: string, };

export type KeyView = { 
/**
 * The code as the appliance wrote it.
 */
shortKey: string, 
/**
 * The code in groups, for reading aloud.
 */
grouped: string, 
/**
 * The address that starts the session.
 */
url: string, 
/**
 * The address as a QR code.
 */
qr: QrView, 
/**
 * RFC 3339, UTC.
 */
expiresAt: string, 
/**
 * The portal that was asked for.
 */
portal: string | null, 
/**
 * Whether the representative's queue takes a session now; absent when not said.
 */
queueAvailable: boolean | null, };

export type DialogView = "proposed" | "opening" | "asked";

export type KeyStateView = { "kind": "none" } | { "kind": "loading" } | { "kind": "made" } & KeyView | { "kind": "expired" } | { "kind": "dialog", 
/**
 * How far that is.
 */
dialog: DialogView, 
/**
 * Why it could not be opened.
 */
failure: FailureView | null, } | { "kind": "failed", 
/**
 * Why.
 */
failure: FailureView, };

export type CaseView = { 
/**
 * What it is at.
 */
stage: Stage, 
/**
 * The appliance's configured name.
 */
appliance: string, 
/**
 * How the case was named.
 */
reference: string | null, 
/**
 * The case, once read.
 */
header: CaseHeaderView | null, 
/**
 * The key.
 */
key: KeyStateView, 
/**
 * Who makes it.
 */
keyKind: KeyKindView, 
/**
 * Who may make it.
 */
keyKinds: Array<KeyKindView>, 
/**
 * The configured portals.
 */
portals: Array<string>, 
/**
 * The chosen portal.
 */
portal: string | null, 
/**
 * The e-mail, once there is a key.
 */
email: EmailView | null, 
/**
 * The watch.
 */
watch: WatchView, 
/**
 * Why the case could not be read.
 */
failure: FailureView | null, 
/**
 * Cases whose links came while this one was on screen.
 */
waiting: Array<WaitingCaseView>, 
/**
 * Cases of before.
 */
recent: Array<WaitingCaseView>, };

export type JumpFormView = { 
/**
 * The method's word.
 */
method: string, 
/**
 * Texts by field; a field that is absent is empty.
 */
values: Record<string, string>, };

export type JumpEntryView = { 
/**
 * What `pin_jump` and `forget_jump` take.
 */
id: number, 
/**
 * What a person calls it.
 */
title: string, 
/**
 * The form.
 */
form: JumpFormView, 
/**
 * Whether it is a favourite.
 */
pinned: boolean, };

export type JumpFieldView = { 
/**
 * The field's word.
 */
field: string, 
/**
 * Whether the method needs it.
 */
required: boolean, 
/**
 * The words that it takes; none if any text does.
 */
options: Array<string>, };

export type JumpMethodView = { 
/**
 * The method's word.
 */
method: string, 
/**
 * Its fields in order.
 */
fields: Array<JumpFieldView>, 
/**
 * What was last used with it.
 */
last: JumpFormView | null, 
/**
 * Whether the web console may be asked for it.
 */
web: boolean, };

export type HostSourceView = "asset" | "contact";

export type CaseHostView = { 
/**
 * The computer's name.
 */
hostname: string, 
/**
 * Where it is from.
 */
source: HostSourceView, };

export type JumpStateView = { "kind": "idle" } | { "kind": "starting" } | { "kind": "waiting", 
/**
 * How the console was asked: `run-script`, `file`, `browser`.
 */
launchedWith: string, 
/**
 * RFC 3339, UTC: until when it is looked for without a word.
 */
until: string, } | { "kind": "asked", 
/**
 * How the console was asked.
 */
launchedWith: string, } | { "kind": "started", 
/**
 * The computer.
 */
hostname: string | null, } | { "kind": "notSeen", 
/**
 * What to look at.
 */
failure: FailureView, } | { "kind": "failed", 
/**
 * Why.
 */
failure: FailureView, };

export type ConsoleView = "desktop" | "web";

export type JumpView = { 
/**
 * Another number, another proposal: the form begins anew.
 */
proposal: number, 
/**
 * What the form begins with.
 */
form: JumpFormView, 
/**
 * Which console the form begins with.
 */
console: ConsoleView, 
/**
 * The methods.
 */
methods: Array<JumpMethodView>, 
/**
 * How the case was named, if one is on the jump.
 */
reference: string | null, 
/**
 * The case, once read.
 */
header: CaseHeaderView | null, 
/**
 * Why the case could not be read.
 */
caseFailure: FailureView | null, 
/**
 * Cases of before.
 */
recent: Array<WaitingCaseView>, 
/**
 * Computers that belong to the case.
 */
hosts: Array<CaseHostView>, 
/**
 * Favourites, then the latest jumps.
 */
jumps: Array<JumpEntryView>, 
/**
 * Jumpoints of before, the latest first.
 */
jumpoints: Array<string>, 
/**
 * Why jumps of before are not shown.
 */
jumpsFailure: FailureView | null, 
/**
 * How far the jump is.
 */
state: JumpStateView, 
/**
 * What the jump is called whose link came meanwhile.
 */
waiting: string | null, };

export type UndoView = { 
/**
 * What `undo_tag` takes.
 */
id: number, 
/**
 * The case's number.
 */
caseNumber: string, 
/**
 * The session's customer, where that is known.
 */
customer: string | null, 
/**
 * RFC 3339, UTC.
 */
taggedAt: string, };

export type TagStateView = { "kind": "idle" } | { "kind": "tagging" } | { "kind": "tagged" } | { "kind": "held" } | { "kind": "failed", 
/**
 * Why.
 */
failure: FailureView, };

export type TagSessionView = { 
/**
 * What `select_session` takes.
 */
lsid: string, 
/**
 * The customer's name.
 */
customer: string | null, 
/**
 * The customer's computer.
 */
hostname: string | null, 
/**
 * RFC 3339, UTC.
 */
startedAt: string | null, 
/**
 * What it carries, as people read it: a case's number where that is known.
 */
carries: string | null, 
/**
 * What it carries of another product: it names no case.
 */
foreignKey: string | null, 
/**
 * The subject of the case that it carries.
 */
carriesSubject: string | null, 
/**
 * What speaks against the case that it carries.
 */
carriesDoubt: DoubtView | null, 
/**
 * The representative owns it.
 */
owner: boolean, 
/**
 * It is marked.
 */
selected: boolean, 
/**
 * What speaks against the chosen case.
 */
doubts: Array<DoubtView>, 
/**
 * How far its tag is.
 */
state: TagStateView, 
/**
 * It has ended: a case is kept for the import.
 */
ended: boolean, };

export type TagView = { 
/**
 * The representative's running sessions; absent until they are known.
 */
sessions: Array<TagSessionView> | null, 
/**
 * Why the list may be out of date.
 */
stale: FailureView | null, 
/**
 * How the case was named.
 */
reference: string | null, 
/**
 * The case, once read.
 */
header: CaseHeaderView | null, 
/**
 * Why the case could not be read.
 */
caseFailure: FailureView | null, 
/**
 * Cases of before, and those that were looked at in the org.
 */
recent: Array<WaitingCaseView>, 
/**
 * What was looked for, with what was found; absent if nothing was.
 */
searched: string | null, 
/**
 * The cases that were found.
 */
found: Array<WaitingCaseView>, 
/**
 * The doubts have been shown and wait for a yes.
 */
confirming: boolean, 
/**
 * A tag is being written.
 */
busy: boolean, 
/**
 * Tags that can be undone, the latest first.
 */
undo: Array<UndoView>, 
/**
 * The case whose link came meanwhile.
 */
waiting: string | null, };

export type ActivityKindView = "import" | "survey" | "email" | "key" | "jump" | "tag";

export type ActivityStateView = { "kind": "waiting", 
/**
 * When it is tried next; RFC 3339, UTC.
 */
dueAt: string, 
/**
 * It waits for the session to end.
 */
running: boolean, 
/**
 * Why it was not done before, if it was tried.
 */
failure: FailureView | null, } | { "kind": "parked", 
/**
 * Why.
 */
failure: FailureView, } | { "kind": "held", 
/**
 * Whose it is.
 */
failure: FailureView, } | { "kind": "done", 
/**
 * What came of it; may be empty.
 */
summary: string, } | { "kind": "discarded" } | { "kind": "gaveUp", 
/**
 * Why.
 */
failure: FailureView, };

export type ActivityEntryView = { 
/**
 * What the commands take.
 */
id: number, 
/**
 * What it is.
 */
kind: ActivityKindView, 
/**
 * Whom or what it is about; may be empty.
 */
title: string, 
/**
 * The case's number, where it is known.
 */
caseNumber: string | null, 
/**
 * Whether the case can be opened.
 */
hasCase: boolean, 
/**
 * When it last changed; RFC 3339, UTC.
 */
at: string, 
/**
 * How far it is.
 */
state: ActivityStateView, };

export type ActivityView = { 
/**
 * What holds up everything that goes to Salesforce.
 */
hold: FailureView | null, 
/**
 * That what was remembered was damaged, until the person has seen it.
 */
mended: FailureView | null, 
/**
 * What waits, what needs a person first; nothing until it is known.
 */
open: Array<ActivityEntryView> | null, 
/**
 * What is done or given up, the latest first.
 */
closed: Array<ActivityEntryView>, 
/**
 * Why it is not known.
 */
failure: FailureView | null, };

export type OriginView = "policy" | "user" | "default";

export type FieldView = { 
/**
 * The value as text.
 */
value: string, 
/**
 * Whether it is locked.
 */
managed: boolean, 
/**
 * Where it comes from.
 */
origin: OriginView, };

export type ApplianceSettingsView = { 
/**
 * `HOST[:PORT]`.
 */
hostname: FieldView, 
/**
 * The API account's client id.
 */
clientId: FieldView, 
/**
 * A file with further CA certificates.
 */
caFile: FieldView, 
/**
 * Whether a client secret is stored. The secret itself never comes to a window.
 */
secretSaved: boolean, 
/**
 * Portals, separated by commas.
 */
portals: FieldView, 
/**
 * Whether it is being saved.
 */
saving: boolean, 
/**
 * Why it could not be saved.
 */
failure: FailureView | null, };

export type SupportPartView = "about" | "settings" | "checks" | "activity" | "log" | "olderLog";

export type SupportFileView = { 
/**
 * What it is.
 */
part: SupportPartView, 
/**
 * Its name.
 */
name: string, 
/**
 * Its length in bytes.
 */
bytes: number, };

export type SupportView = { "kind": "closed" } | { "kind": "listed", 
/**
 * What is in it.
 */
files: Array<SupportFileView>, 
/**
 * Where it would be saved.
 */
folder: string, } | { "kind": "saved", 
/**
 * Where.
 */
path: string, };

export type SignInView = "signedOut" | "waitingForBrowser" | "signedIn";

export type OrgSettingsView = { 
/**
 * The login address.
 */
loginUrl: FieldView, 
/**
 * The app's client id.
 */
clientId: FieldView, 
/**
 * A file with further CA certificates.
 */
caFile: FieldView, 
/**
 * Callback ports, separated by commas.
 */
redirectPorts: FieldView, 
/**
 * How the sign-in stands.
 */
state: SignInView, 
/**
 * Who is signed in.
 */
username: string | null, 
/**
 * Their name on the appliance.
 */
representative: string | null, 
/**
 * The host on which the org's API is called.
 */
instanceUrl: string | null, 
/**
 * Why it failed.
 */
failure: FailureView | null, };

export type CheckStatusView = "pass" | "warn" | "fail" | "skip" | "running" | "waiting";

export type CheckView = { 
/**
 * The word in JSON answers.
 */
id: string, 
/**
 * What is checked.
 */
title: string, 
/**
 * How it came out.
 */
status: CheckStatusView, 
/**
 * What was found.
 */
detail: string, 
/**
 * What to do; empty if nothing.
 */
nextStep: string, };

export type Step = "appliance" | "org" | "check";

export type SettingsView = { 
/**
 * Whether the three steps are shown as such.
 */
firstRun: boolean, 
/**
 * The page of the first run.
 */
step: Step, 
/**
 * The appliance page.
 */
appliance: ApplianceSettingsView, 
/**
 * The org page.
 */
org: OrgSettingsView, 
/**
 * The preferences page.
 */
preferences: Record<Preference, FieldView>, 
/**
 * The checks, in order.
 */
checks: Array<CheckView>, 
/**
 * Whether checks are being made.
 */
checking: boolean, 
/**
 * The support bundle.
 */
support: SupportView, 
/**
 * The version of Casebridge.
 */
version: string, 
/**
 * Where the settings are.
 */
settingsFile: string, };

export type MenuItemView = { 
/**
 * What `press_menu` takes.
 */
id: string, 
/**
 * What the person reads.
 */
label: string, 
/**
 * Whether it can be pressed.
 */
enabled: boolean, 
/**
 * Whether it is only a line.
 */
separator: boolean, };

export type TrayState = "ready" | "working" | "attention" | "signedOut";

export type MenuView = { 
/**
 * The icon's state.
 */
state: TrayState, 
/**
 * The state in words.
 */
status: string, 
/**
 * The entries, in order.
 */
items: Array<MenuItemView>, };

export type Preference = "key.default_kind" | "key.ttl" | "rep_console.path" | "rep_console.site_name" | "rep_console.web_actions" | "ui.jump_shortcut" | "tag.offer" | "org.username_source" | "org.username_field" | "org.external_key_writes" | "ui.autostart" | "network.proxy" | "log.level" | "email.template";

export type CopyWhat = "key" | "url" | "message" | "caseId" | "caseNumber";

/** Each command with the form it takes and the answer it gives. */
export interface Commands {
  case_view: { form: undefined; answer: CaseView }
  look_up_case: { form: { reference: string }; answer: void }
  generate_key: { form: { portal: string | null }; answer: void }
  choose_key_kind: { form: { kind: KeyKindView }; answer: void }
  open_key_dialog: { form: { portal: string | null }; answer: void }
  send_email: { form: { recipient: string }; answer: void }
  stop_watch: { form: undefined; answer: void }
  agree_customer: { form: undefined; answer: void }
  retag_customer: { form: undefined; answer: void }
  open_case: { form: undefined; answer: void }
  show_waiting_case: { form: { reference: string }; answer: void }
  retry: { form: undefined; answer: void }
  jump_view: { form: undefined; answer: JumpView }
  choose_jump_case: { form: { reference: string }; answer: void }
  start_jump: { form: { form: JumpFormView; console: ConsoleView }; answer: void }
  stop_jump_watch: { form: undefined; answer: void }
  pin_jump: { form: { id: number; pinned: boolean }; answer: void }
  forget_jump: { form: { id: number }; answer: void }
  show_waiting_jump: { form: undefined; answer: void }
  tag_view: { form: undefined; answer: TagView }
  select_session: { form: { lsid: string; selected: boolean }; answer: void }
  find_cases: { form: { text: string }; answer: void }
  choose_tag_case: { form: { reference: string }; answer: void }
  tag_sessions: { form: { confirmed: boolean }; answer: void }
  undo_tag: { form: { id: number }; answer: void }
  open_session_case: { form: { lsid: string }; answer: void }
  refresh_sessions: { form: undefined; answer: void }
  show_waiting_tag: { form: undefined; answer: void }
  activity_view: { form: undefined; answer: ActivityView }
  retry_item: { form: { id: number }; answer: void }
  discard_item: { form: { id: number }; answer: void }
  open_item_case: { form: { id: number }; answer: void }
  agree_item: { form: { id: number }; answer: void }
  choose_item_case: { form: { id: number }; answer: void }
  note_mended: { form: undefined; answer: void }
  open_sign_in: { form: undefined; answer: void }
  settings_view: { form: undefined; answer: SettingsView }
  save_appliance: { form: { hostname: string; clientId: string; secret: string | null; caFile: string; portals: string }; answer: void }
  save_org: { form: { loginUrl: string; clientId: string; caFile: string; redirectPorts: string }; answer: void }
  sign_in: { form: undefined; answer: void }
  cancel_sign_in: { form: undefined; answer: void }
  sign_out: { form: undefined; answer: void }
  save_preference: { form: { key: Preference; value: string }; answer: void }
  run_checks: { form: undefined; answer: void }
  list_support_bundle: { form: undefined; answer: void }
  save_support_bundle: { form: undefined; answer: void }
  close_support_bundle: { form: undefined; answer: void }
  go_to_step: { form: { step: Step }; answer: void }
  menu_view: { form: undefined; answer: MenuView }
  press_menu: { form: { id: string }; answer: void }
  copy: { form: { what: CopyWhat }; answer: void }
  fit_window: { form: { height: number }; answer: void }
  close_window: { form: undefined; answer: void }
}

/** The events; each carries the whole view of its window. */
export interface Events {
  'case-changed': CaseView
  'jump-changed': JumpView
  'tag-changed': TagView
  'activity-changed': ActivityView
  'settings-changed': SettingsView
  'menu-changed': MenuView
}
