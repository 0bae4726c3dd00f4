// Written by `cargo xtask codegen` from crates/ipc; changes here are overwritten.

export type ActivityEntryView = { 
/**
 * The id for the commands.
 */
id: number, 
/**
 * What it is.
 */
kind: ActivityKindView, 
/**
 * Its appliance, where there is more than one.
 */
appliance: string | null, 
/**
 * The customer, recipient or computer. May be empty.
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
 * Its state.
 */
state: ActivityStateView, };

export type ActivityKindView = "import" | "survey" | "email" | "key" | "jump" | "tag";

export type ActivityStateView = { "kind": "waiting", 
/**
 * The time of the next attempt (RFC 3339, UTC).
 */
dueAt: string, 
/**
 * It is waiting for the session to end.
 */
running: boolean, 
/**
 * Why the last attempt failed, if there was one.
 */
failure: FailureView | null, } | { "kind": "parked", 
/**
 * Why.
 */
failure: FailureView, } | { "kind": "held", 
/**
 * The user that it belongs to.
 */
failure: FailureView, } | { "kind": "done", 
/**
 * The result. May be empty.
 */
summary: string, } | { "kind": "discarded" } | { "kind": "gaveUp", 
/**
 * Why.
 */
failure: FailureView, };

export type ActivityView = { 
/**
 * Why nothing can be written to Salesforce at the moment, if that is so.
 */
hold: FailureView | null, 
/**
 * The notice that the stored data was damaged, until the person has read it.
 */
mended: FailureView | null, 
/**
 * The waiting entries, starting with those that need a person. Absent until loaded.
 */
open: Array<ActivityEntryView> | null, 
/**
 * The finished entries, latest first.
 */
closed: Array<ActivityEntryView>, 
/**
 * Why the entries could not be loaded.
 */
failure: FailureView | null, };

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
 * A file with additional CA certificates.
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

export type ApplianceTestView = { "kind": "none" } | { "kind": "running" } | { "kind": "passed", 
/**
 * The version of the appliance's API.
 */
version: string | null, 
/**
 * What does not work nevertheless.
 */
warning: string | null, } | { "kind": "failed", 
/**
 * Why.
 */
failure: FailureView, };

export type ApplianceView = { 
/**
 * The configured name.
 */
name: string, 
/**
 * `HOST[:PORT]`; may be empty.
 */
hostname: string, 
/**
 * Whether a policy fixes its name.
 */
managed: boolean, 
/**
 * Whether a client secret is stored. The secret itself never comes to a window.
 */
secretSaved: boolean, 
/**
 * Its settings.
 */
settings: Array<SettingView>, 
/**
 * The last test.
 */
test: ApplianceTestView, };

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

export type CaseHostView = { 
/**
 * The computer's name.
 */
hostname: string, 
/**
 * The source of the name.
 */
source: HostSourceView, };

export type CaseView = { 
/**
 * Its stage.
 */
stage: Stage, 
/**
 * The appliance's configured name.
 */
appliance: string, 
/**
 * The appliances to choose from; empty if there is only one.
 */
appliances: Array<string>, 
/**
 * The reference of the case.
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
 * What creates the key.
 */
keyKind: KeyKindView, 
/**
 * What may create the key.
 */
keyKinds: Array<KeyKindView>, 
/**
 * Whether the web console supports its key dialog.
 */
webKeys: WebSupportView, 
/**
 * The configured portals.
 */
portals: Array<string>, 
/**
 * The chosen portal.
 */
portal: string | null, 
/**
 * The e-mail, if there is a key.
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
 * Recent cases.
 */
recent: Array<WaitingCaseView>, };

export type CheckPlaceView = { "kind": "setting", 
/**
 * Its dotted key.
 */
key: string, } | { "kind": "signIn" } | { "kind": "activity" };

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
 * The result.
 */
status: CheckStatusView, 
/**
 * What was found.
 */
detail: string, 
/**
 * What to do, one step each; empty if nothing.
 */
steps: Array<string>, 
/**
 * Where it is done, if Casebridge has the place.
 */
place: CheckPlaceView | null, };

export type ConsoleView = "desktop" | "web";

export type ControlView = { "kind": "text" } | { "kind": "lines" } | { "kind": "email" } | { "kind": "host" } | { "kind": "url" } | { "kind": "path" } | { "kind": "fieldName" } | { "kind": "list" } | { "kind": "words", 
/**
 * The known words.
 */
groups: Array<WordGroupView>, } | { "kind": "ports" } | { "kind": "switch" } | { "kind": "seconds", 
/**
 * The lowest.
 */
low: number, 
/**
 * The highest.
 */
high: number, } | { "kind": "number", 
/**
 * The lowest.
 */
low: number, 
/**
 * The highest.
 */
high: number, } | { "kind": "choice", 
/**
 * The words.
 */
options: Array<OptionView>, };

export type CopyWhat = "key" | "url" | "message" | "caseId" | "caseNumber";

export type DialogView = "proposed" | "opening" | "asked";

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
 * Only part of the name matches.
 */
perhaps: boolean, } | { "kind": "otherCase", 
/**
 * The number of that case, or the external key.
 */
label: string, } | { "kind": "closed" };

export type EmailPreviewView = { 
/**
 * The subject.
 */
subject: string, 
/**
 * The text.
 */
body: string, };

export type EmailStateView = "ready" | "sending" | "handedOver" | "failed";

export type EmailView = { 
/**
 * The possible recipients.
 */
recipients: Array<RecipientView>, 
/**
 * E-mail fields that the user can't see.
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
 * Its state.
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

export type FailureView = { 
/**
 * The word in logs and JSON answers.
 */
code: string, 
/**
 * What happened, in a few words.
 */
title: string, 
/**
 * What the failure refers to. May be empty.
 */
detail: string, 
/**
 * What to do.
 */
nextStep: string, 
/**
 * The reference to find the failure in the log.
 */
reference: string, };

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
 * Its origin.
 */
origin: OriginView, };

export type HostSourceView = "asset" | "contact";

export type JumpEntryView = { 
/**
 * The argument of `pin_jump` and `forget_jump`.
 */
id: number, 
/**
 * Its appliance, where there is more than one.
 */
appliance: string | null, 
/**
 * Its title.
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
 * The allowed words. Empty if any text is allowed.
 */
options: Array<string>, };

export type JumpFormView = { 
/**
 * The method's word.
 */
method: string, 
/**
 * The texts by field. A missing field is empty.
 */
values: Record<string, string>, };

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
 * The form that was last used with this method.
 */
last: JumpFormView | null, 
/**
 * Whether the web console supports it.
 */
web: WebSupportView, };

export type JumpStateView = { "kind": "idle" } | { "kind": "starting" } | { "kind": "waiting", 
/**
 * How the request was sent: `run-script`, `file`, `browser`.
 */
launchedWith: string, 
/**
 * When the app reports that no session has started (RFC 3339, UTC).
 */
until: string, } | { "kind": "asked", 
/**
 * How the request was sent.
 */
launchedWith: string, } | { "kind": "started", 
/**
 * The computer.
 */
hostname: string | null, } | { "kind": "notSeen", 
/**
 * What the person should check.
 */
failure: FailureView, } | { "kind": "failed", 
/**
 * Why.
 */
failure: FailureView, };

export type JumpView = { 
/**
 * Counts the proposals. With a new number, the form starts again.
 */
proposal: number, 
/**
 * The initial form.
 */
form: JumpFormView, 
/**
 * The initially selected console.
 */
console: ConsoleView, 
/**
 * The appliance's configured name.
 */
appliance: string, 
/**
 * The appliances to choose from; empty if there is only one.
 */
appliances: Array<string>, 
/**
 * The methods.
 */
methods: Array<JumpMethodView>, 
/**
 * The reference of the jump's case, if there is one.
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
 * Recent cases.
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
 * Recently used Jumpoints, latest first.
 */
jumpoints: Array<string>, 
/**
 * Why previous jumps can't be shown.
 */
jumpsFailure: FailureView | null, 
/**
 * The state of the jump.
 */
state: JumpStateView, 
/**
 * The title of another jump that is waiting.
 */
waiting: string | null, };

export type KeyKindView = "server" | "console" | "web";

export type KeyStateView = { "kind": "none" } | { "kind": "loading" } | { "kind": "made" } & KeyView | { "kind": "expired" } | { "kind": "dialog", 
/**
 * The state of the dialog.
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
 * The URL that starts the session.
 */
url: string, 
/**
 * The URL as a QR code.
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
 * Whether the representative's queue can accept a session now. Absent if unknown.
 */
queueAvailable: boolean | null, };

export type MenuItemView = { 
/**
 * The argument of `press_menu`.
 */
id: string, 
/**
 * The text for people.
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

export type NewCaseStateView = { "kind": "idle" } | { "kind": "waiting", 
/**
 * The contact that was found and filled in.
 */
contact: string | null, } | { "kind": "failed", 
/**
 * Why.
 */
failure: FailureView, };

export type NewCaseView = { 
/**
 * The proposed subject.
 */
subject: string, 
/**
 * The proposed contact: the customer's name.
 */
contact: string, 
/**
 * How far it is.
 */
state: NewCaseStateView, };

export type OptionView = { 
/**
 * The word in files.
 */
word: string, 
/**
 * What people read.
 */
label: string, };

export type OrgSettingsView = { 
/**
 * The login URL.
 */
loginUrl: FieldView, 
/**
 * The app's client id.
 */
clientId: FieldView, 
/**
 * A file with additional CA certificates.
 */
caFile: FieldView, 
/**
 * Callback ports, separated by commas.
 */
redirectPorts: FieldView, 
/**
 * The state of the sign-in.
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
 * Where that name comes from, if it was found by trying.
 */
representativeFoundIn: string | null, 
/**
 * The host on which the org's API is called.
 */
instanceUrl: string | null, 
/**
 * Why it failed.
 */
failure: FailureView | null, };

export type OriginView = "policy" | "user" | "default";

export type QrView = { 
/**
 * Modules on each side, without a quiet zone.
 */
size: number, 
/**
 * An SVG path in units of one module.
 */
path: string, };

export type RecipientView = { 
/**
 * The argument of `send_email`.
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
 * Their role on the case.
 */
role: RoleView, };

export type RoleView = "contact" | "requester";

export type RuleView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Whether a policy sets something of it.
 */
managed: boolean, 
/**
 * Whose survey, for people.
 */
survey: string, 
/**
 * The field name of the question.
 */
question: string, 
/**
 * The answer.
 */
answer: string, 
/**
 * The new status of the case.
 */
caseStatus: string | null, 
/**
 * The new owner of the case.
 */
owner: string | null, 
/**
 * The comment on the case.
 */
comment: string | null, 
/**
 * Its settings.
 */
settings: Array<SettingView>, };

export type SettingSectionView = { 
/**
 * Its heading.
 */
name: string, 
/**
 * Its settings.
 */
settings: Array<SettingView>, };

export type SettingView = { 
/**
 * The dotted key.
 */
key: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * What it does.
 */
description: string, 
/**
 * How it is shown and changed.
 */
control: ControlView, 
/**
 * The value as text.
 */
value: string, 
/**
 * The value that holds when nobody set one.
 */
defaultValue: string, 
/**
 * Whether it is locked.
 */
managed: boolean, 
/**
 * Its origin.
 */
origin: OriginView, 
/**
 * Whether another form of its page shows it.
 */
inForm: boolean, };

export type SettingsPage = "appliance" | "org" | "keys" | "console" | "sessions" | "rules" | "computer";

export type SettingsPageView = { 
/**
 * Which page it is.
 */
id: SettingsPage, 
/**
 * What people read.
 */
name: string, 
/**
 * Its settings by category.
 */
sections: Array<SettingSectionView>, };

export type SettingsView = { 
/**
 * Whether the window shows the three set-up steps.
 */
firstRun: boolean, 
/**
 * The page of the first run.
 */
step: Step, 
/**
 * The appliance page of the first run.
 */
appliance: ApplianceSettingsView, 
/**
 * The org page.
 */
org: OrgSettingsView, 
/**
 * The pages after the first run.
 */
pages: Array<SettingsPageView>, 
/**
 * The appliances, the default one first.
 */
appliances: Array<ApplianceView>, 
/**
 * The survey rules, in the order in which they are tried.
 */
rules: Array<RuleView>, 
/**
 * The last dry run of the rules.
 */
tried: Array<TriedSurveyView> | null, 
/**
 * The e-mail that the last template gives; absent without a template.
 */
email: EmailPreviewView | null, 
/**
 * The setting that is to be shown.
 */
shown: ShownSettingView | null, 
/**
 * The checks, in order.
 */
checks: Array<CheckView>, 
/**
 * Whether checks are running.
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

export type ShownSettingView = { 
/**
 * Its dotted key.
 */
key: string, 
/**
 * How often a setting was to be shown, so that the same one can be shown again.
 */
count: number, };

export type SignInView = "signedOut" | "waitingForBrowser" | "signedIn";

export type Stage = "ask" | "loading" | "ready" | "failed";

export type Step = "appliance" | "org" | "check";

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

export type SupportPartView = "about" | "settings" | "checks" | "activity" | "log" | "olderLog";

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

export type TagSessionView = { 
/**
 * The argument of `select_session`.
 */
lsid: string, 
/**
 * Its appliance, where there is more than one.
 */
appliance: string | null, 
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
 * The session's case, as shown to people: its number, if known.
 */
carries: string | null, 
/**
 * Another product's external key, which refers to no case.
 */
foreignKey: string | null, 
/**
 * The subject of the session's case.
 */
carriesSubject: string | null, 
/**
 * The doubt about the session's case.
 */
carriesDoubt: DoubtView | null, 
/**
 * The representative owns it.
 */
owner: boolean, 
/**
 * The session is selected.
 */
selected: boolean, 
/**
 * The doubts about the chosen case.
 */
doubts: Array<DoubtView>, 
/**
 * The state of its tag.
 */
state: TagStateView, 
/**
 * The session has ended: a case is saved for the import.
 */
ended: boolean, };

export type TagStateView = { "kind": "idle" } | { "kind": "tagging" } | { "kind": "tagged" } | { "kind": "held" } | { "kind": "failed", 
/**
 * Why.
 */
failure: FailureView, };

export type TagView = { 
/**
 * The representative's running sessions. Absent until loaded.
 */
sessions: Array<TagSessionView> | null, 
/**
 * Why the list may be out of date.
 */
stale: FailureView | null, 
/**
 * The reference of the case.
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
 * Recent cases from this app and from the org.
 */
recent: Array<WaitingCaseView>, 
/**
 * A new case for the selected session.
 */
newCase: NewCaseView, 
/**
 * The search text. Absent if there was no search.
 */
searched: string | null, 
/**
 * The search results.
 */
found: Array<WaitingCaseView>, 
/**
 * The doubts are shown and wait for confirmation.
 */
confirming: boolean, 
/**
 * A tag is being written.
 */
busy: boolean, 
/**
 * Tags that can be undone, latest first.
 */
undo: Array<UndoView>, 
/**
 * Another case that is waiting.
 */
waiting: string | null, };

export type TrayState = "ready" | "working" | "attention" | "signedOut";

export type TriedSurveyView = { 
/**
 * Whose survey, for people.
 */
survey: string, 
/**
 * The answers that were read.
 */
answers: Array<string>, 
/**
 * The rule that would move the case.
 */
rule: string | null, 
/**
 * The new status of the case.
 */
caseStatus: string | null, 
/**
 * The new owner of the case.
 */
owner: string | null, 
/**
 * The comment on the case.
 */
comment: string | null, };

export type UndoView = { 
/**
 * The argument of `undo_tag`.
 */
id: number, 
/**
 * The case's number.
 */
caseNumber: string, 
/**
 * The session's customer, if known.
 */
customer: string | null, 
/**
 * RFC 3339, UTC.
 */
taggedAt: string, };

export type WaitingCaseView = { 
/**
 * The argument of `show_waiting_case` for a waiting case, and of `look_up_case` for a recent
 * one.
 */
reference: string, 
/**
 * The text for people.
 */
label: string, };

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
 * The doubt about the case, until a person has confirmed it.
 */
doubt: DoubtView | null, } | { "kind": "expired" } | { "kind": "ended" } | { "kind": "stale", 
/**
 * Why.
 */
failure: FailureView, };

export type WebSupportView = "works" | "unknown" | "failed" | "off";

export type WordGroupView = { 
/**
 * What people call it.
 */
name: string, 
/**
 * The words.
 */
words: Array<string>, };

/** Each command with the form it takes and the answer it gives. */
export interface Commands {
  case_view: { form: undefined; answer: CaseView }
  look_up_case: { form: { reference: string }; answer: void }
  generate_key: { form: { portal: string | null }; answer: void }
  choose_key_kind: { form: { kind: KeyKindView }; answer: void }
  choose_key_appliance: { form: { name: string }; answer: void }
  open_key_dialog: { form: { portal: string | null }; answer: void }
  deny_key_dialog: { form: undefined; answer: void }
  send_email: { form: { recipient: string }; answer: void }
  stop_watch: { form: undefined; answer: void }
  agree_customer: { form: undefined; answer: void }
  retag_customer: { form: undefined; answer: void }
  open_case: { form: undefined; answer: void }
  show_waiting_case: { form: { reference: string }; answer: void }
  retry: { form: undefined; answer: void }
  jump_view: { form: undefined; answer: JumpView }
  choose_jump_case: { form: { reference: string }; answer: void }
  choose_jump_appliance: { form: { name: string }; answer: void }
  start_jump: { form: { form: JumpFormView; console: ConsoleView }; answer: void }
  stop_jump_watch: { form: undefined; answer: void }
  deny_web_jump: { form: undefined; answer: void }
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
  dismiss_session: { form: { lsid: string }; answer: void }
  open_new_case: { form: { subject: string; contact: string }; answer: void }
  stop_new_case: { form: undefined; answer: void }
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
  save_setting: { form: { key: string; value: string }; answer: void }
  show_setting: { form: { key: string }; answer: void }
  add_appliance: { form: { name: string; hostname: string; clientId: string; secret: string; caFile: string }; answer: void }
  rename_appliance: { form: { name: string; newName: string }; answer: void }
  remove_appliance: { form: { name: string }; answer: void }
  save_secret: { form: { name: string; secret: string }; answer: void }
  test_appliance: { form: { name: string }; answer: void }
  add_rule: { form: { name: string }; answer: void }
  remove_rule: { form: { name: string }; answer: void }
  move_rule: { form: { name: string; up: boolean }; answer: void }
  try_rules: { form: { survey: string; text: string }; answer: void }
  preview_email: { form: { template: string }; answer: void }
  run_checks: { form: undefined; answer: void }
  show_activity: { form: undefined; answer: void }
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
