//! Every failure that a person can meet: a code, a plain sentence and a next step, in one table.
//!
//! Window, tray, notification, log and command line all read this table. Each entry of the
//! vendor's troubleshooting list is a code here.

use std::error::Error;
use std::fmt;

/// What a person reads about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// The word in JSON answers and logs.
    pub code: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What to do.
    pub next_step: &'static str,
}

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $title:literal, $next:literal;)*) => {
        /// The kinds of failure.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FailureCode {
            $($(#[$doc])* $name,)*
        }

        impl FailureCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code of this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.text().code == word)
            }

            /// Code, title and next step.
            pub fn text(self) -> Text {
                match self {
                    $(Self::$name => Text { code: $code, title: $title, next_step: $next },)*
                }
            }
        }
    };
}

failures! {
    /// The settings cannot be read.
    SettingsInvalid: "settings_invalid", "The settings cannot be used",
        "Open Settings and correct the value that is named.";
    /// A settings file or folder cannot be written.
    SettingsNotSaved: "settings_not_saved", "The settings could not be saved",
        "Check that the disk has space and that you may write to the settings folder, then save again.";
    /// There is no room on the disk.
    DiskFull: "disk_full", "The disk is full",
        "Free some space, then try again. Nothing that waits is lost.";
    /// A value that policy sets was to be changed.
    SettingLocked: "setting_locked", "This setting is managed by your organisation",
        "Ask your IT department if it has to change.";
    /// No appliance is set up yet.
    NotConfigured: "not_configured", "Casebridge is not set up yet",
        "Open Settings and complete the three steps.";
    /// No appliance named `Default`.
    DefaultApplianceMissing: "default_appliance_missing", "\"Default\" was not found",
        "Name one appliance Default: the first appliance must have exactly that name.";
    /// A named appliance is not in the settings.
    ApplianceUnknown: "appliance_unknown", "This appliance is not set up",
        "Use the name of an appliance from Settings, or ask IT to correct the button on the case.";
    /// A portal is not in the settings.
    PortalUnknown: "portal_unknown", "This portal is not set up",
        "Choose a portal from Settings, or ask IT to correct the button on the case.";
    /// More links at once than a person clicks.
    TooManyLinks: "too_many_links", "Too many links at once",
        "Only some of the cases were opened. Click again on the one that you want.";
    /// The host name does not resolve.
    HostNotFound: "host_not_found", "The site's name cannot be found",
        "Check the host name in Settings and your network or VPN connection, then try again.";
    /// No connection to the host.
    SiteUnreachable: "site_unreachable", "The site cannot be reached",
        "Check your network or VPN connection and that a firewall lets Casebridge reach port 443, then try again.";
    /// The host took too long.
    TimedOut: "timed_out", "The site did not answer in time",
        "Try again. If it happens often, ask IT to check the network and the proxy.";
    /// The certificate is not trusted.
    CertificateNotTrusted: "certificate_not_trusted", "The site's certificate is not trusted",
        "Ask IT for the CA file of the site and choose it in Settings.";
    /// A CA file cannot be used.
    CaFileInvalid: "ca_file_invalid", "The CA file cannot be used",
        "Choose a file with certificates in PEM form.";
    /// The proxy refuses.
    ProxyRefused: "proxy_refused", "The proxy wants a sign-in (407)",
        "Ask IT to let Casebridge through the proxy, or correct network.proxy in Settings.";
    /// The proxy is not there, or its address is wrong.
    ProxyUnusable: "proxy_unusable", "The proxy cannot be used",
        "Ask IT to check the proxy, or correct its address in Settings.";
    /// The connection broke during an answer.
    AnswerCutOff: "answer_cut_off", "The answer was cut off",
        "Try again. Nothing was taken from the incomplete answer.";
    /// The answer is not what the system sends.
    AnswerNotUnderstood: "answer_not_understood", "The site sent an answer that is not from its API",
        "Check that the host name is the site's own and that no proxy or sign-in page stands in between.";
    /// A page for people, or a way to one, came instead of an answer: mostly a network's own sign-in.
    NetworkPage: "network_page", "A network page answered instead of the site",
        "Open any web page in your browser: a guest network or proxy may ask you to sign in. Then try again. If no such page appears, check the host name in Settings.";
    /// Too many requests.
    RateLimited: "rate_limited", "The site asks to wait",
        "Wait a minute, then try again.";
    /// The other side failed.
    ServerError: "server_error", "The site reported an error of its own",
        "Try again in a few minutes. If it stays, tell your IT department this text.";

    /// Client id or secret is wrong, or the secret was never saved on the appliance.
    ApplianceSecretWrong: "appliance_secret_wrong", "The appliance refuses the client id or secret",
        "Enter the secret again. If it was just made, save the API account on the appliance first: a new secret counts only once it is saved.";
    /// No secret stored on this computer.
    ApplianceSecretMissing: "appliance_secret_missing", "The appliance's client secret is not on this computer",
        "Open Settings, enter the client secret and save.";
    /// The account may not use the command API.
    EndpointUnauthorized: "endpoint_unauthorized", "The API account may not use this endpoint",
        "Ask the appliance's administrator to enable the XML API, and to give the API account full access to the Command API and to support session reports.";
    /// The user name is not known to the appliance.
    RepresentativeNotFound: "representative_not_found", "The representative could not be found",
        "Ask your administrator to enter your BeyondTrust user name on your Salesforce user.";
    /// The org has no user name for the rep.
    RepresentativeNotMapped: "representative_not_mapped", "Your Salesforce user has no BeyondTrust user name",
        "Ask your administrator to fill in the BeyondTrust user name on your Salesforce user.";
    /// The rep is not logged in.
    RepresentativeNotAvailable: "representative_not_available", "You are not available in the representative console",
        "Log in to the representative console, then make the key again.";
    /// The appliance refused for another reason.
    ApplianceRefused: "appliance_refused", "The appliance refused the request",
        "Your administrator can tell what the appliance's text means here.";
    /// The session is over.
    SessionNotActive: "session_not_active", "The session has ended",
        "Start a new session from the case.";

    /// Nobody is signed in to the org.
    SignedOut: "signed_out", "You are not signed in to Salesforce",
        "Sign in; your browser opens for it.";
    /// The org ended the sign-in.
    SignInAgain: "sign_in_again", "Salesforce asks you to sign in again",
        "Sign in; your browser opens for it.";
    /// The org renewed the sign-in, and what it gave was lost before it was stored.
    SignInLost: "sign_in_lost", "The sign-in was lost while it was being renewed",
        "Sign in again; your browser opens for it. Casebridge or the computer stopped in that moment. Nothing that waits is lost.";
    /// It belongs to another sign-in.
    OtherSignIn: "other_sign_in", "This waits for another Salesforce sign-in",
        "Sign in as the user who is named here, or discard it.";
    /// The person said no.
    SignInDenied: "sign_in_denied", "The sign-in was not allowed",
        "Sign in again and choose Allow.";
    /// The browser never came back.
    SignInTimedOut: "sign_in_timed_out", "The browser did not come back from Salesforce",
        "Sign in again. If Salesforce showed an error page, ask IT to check the client id and the callback addresses.";
    /// No callback port is free.
    SignInPortsBusy: "sign_in_ports_busy", "Every sign-in port is in use",
        "Close other programs that are signing in, or ask IT for other ports in org.redirect_ports.";
    /// The browser cannot be opened.
    BrowserNotOpened: "browser_not_opened", "The browser could not be opened",
        "Set a default browser and try again.";
    /// The app is not known or not allowed in the org.
    OrgAppNotAllowed: "org_app_not_allowed", "The org does not let Casebridge in",
        "Ask your Salesforce administrator, with the words above: the client id, the policies of the Casebridge app, its IP ranges, or your user may be the reason.";
    /// The answer names a host that is not the org's.
    OrgHostForeign: "org_host_foreign", "The sign-in named a host outside the configured org",
        "Check the login address in Settings. Nothing was sent to the other host.";
    /// The login address sends to another one.
    OrgMoved: "org_moved", "The org's login address has moved",
        "Enter the address that is named here as the login address in Settings, or ask your Salesforce administrator for it.";
    /// The link is from another org.
    OrgMismatch: "org_mismatch", "This case is in another Salesforce org",
        "Open the case in the org you are signed in to, or sign in to the other org in Settings.";
    /// API off or daily limit used up.
    OrgLimit: "org_limit", "The org's API limit is used up",
        "Try again later, or ask your Salesforce administrator.";
    /// The org takes no more data.
    OrgFull: "org_full", "The org's storage is full",
        "Ask your Salesforce administrator to make room or to buy storage. Nothing is lost: what waits goes on by itself then.";
    /// The org cannot be written to for a while.
    OrgReadOnly: "org_read_only", "Salesforce takes no changes at the moment",
        "Nothing to do: the org is being maintained or is read-only. What waits goes on by itself.";
    /// The sign-in could not be renewed for the moment.
    SignInBusy: "sign_in_busy", "Salesforce cannot renew the sign-in at the moment",
        "Nothing to do: Casebridge tries again by itself, and you stay signed in.";
    /// Its words ask for another attempt.
    OrgAsksAgain: "org_asks_again", "Salesforce asks to try again",
        "Try again in a moment. What waits in Activity is tried again a few times by itself.";
    /// No API access.
    OrgApiDisabled: "org_api_disabled", "Your Salesforce user may not use the API",
        "Ask your Salesforce administrator for the permission \"API Enabled\".";
    /// A field is missing or hidden.
    OrgMetadata: "org_metadata", "A field that Casebridge needs is missing in the org",
        "Ask your Salesforce administrator to add the field that is named here, and to let you read it.";
    /// The org refused.
    OrgRefused: "org_refused", "Salesforce refused the request",
        "Your Salesforce administrator can tell what this text means here.";
    /// No such case, or not shared.
    CaseNotFound: "case_not_found", "The case was not found",
        "Check the number. If it is right, ask the case's owner to share it with you.";
    /// What was typed is no case.
    CaseReferenceInvalid: "case_reference_invalid", "This is not a case",
        "Enter a case number such as 00001026, a case id, or the address of a case page.";
    /// Nobody to mail to.
    NoRecipient: "no_recipient", "The case has nobody to write to",
        "Add a contact with an e-mail address to the case, or read the key to the customer.";
    /// The org did not take the e-mail.
    EmailRefused: "email_refused", "Salesforce did not take the e-mail",
        "Copy the message and send it yourself, or try again.";
    /// The key is not one we can mail.
    KeyUnknown: "key_unknown", "This key is not known here any more",
        "Make a new key for the case.";

    /// No way to a representative console.
    ConsoleNotFound: "console_not_found", "No representative console was found",
        "Install the representative console of this site, or choose its program in Settings.";
    /// The console ended at once.
    ConsoleFailed: "console_failed", "The representative console did not take the request",
        "Start the representative console, log in, then try again.";
    /// An action that the web console is not documented to take.
    WebConsoleActionOff: "web_console_action_off", "The web console is not known to do this",
        "Use the console on this computer, or ask IT to set rep_console.web_actions to all.";
    /// A field of the jump does not do.
    JumpInvalid: "jump_invalid", "The jump cannot be started like this",
        "Correct the field that is named.";
    /// The console was asked, and no session came.
    JumpNotSeen: "jump_not_seen", "No session has appeared yet",
        "Look at the representative console: it may wait for a log-in, a Jumpoint or a choice. Then try again.";
    /// Nobody's session runs.
    NoSession: "no_session", "You have no running session",
        "Start or join a session in the representative console, then try again.";
    /// Several sessions run, and none was named.
    SessionAmbiguous: "session_ambiguous", "More than one session is running",
        "Name the one you mean with --lsid.";
    /// The session is not one that runs.
    SessionUnknown: "session_unknown", "This session is not running",
        "Choose one of your running sessions.";
    /// Something speaks against the case.
    TagDoubtful: "tag_doubtful", "This case may not be the session's",
        "Compare the customer with the case. If it is right all the same, confirm it (--yes on the command line).";
    /// The customer of a finished session is not who its case is about.
    ImportDoubtful: "import_doubtful", "This session may belong to another case",
        "Compare the customer with the case. If they belong together, import it anyway (--yes on the command line). If not, choose another case.";
    /// The session did not keep the key.
    TagNotKept: "tag_not_kept", "The session did not take the case",
        "Try again. If it stays, enter the case number as external key in the representative console.";
    /// The session ended first; the link is kept here.
    SessionEndedHeld: "session_ended_held", "The session has ended; its case is kept here",
        "Nothing more to do: the case is put on the session when it is imported.";
    /// A tag that cannot be taken back.
    UndoImpossible: "undo_impossible", "This cannot be undone any more",
        "The session has ended, or carries another case by now. Look at it in the representative console.";
    /// A keyboard shortcut that the desktop does not give.
    ShortcutUnusable: "shortcut_unusable", "The keyboard shortcut cannot be used",
        "Choose another one, such as Ctrl+Shift+J. On Wayland, let the desktop run: casebridgectl open casebridge://jump.";
    /// The session has not ended.
    SessionRunning: "session_running", "The session is still running",
        "It is imported by itself when it has ended.";
    /// The appliance put an error in the place of a part of the session.
    ReportIncomplete: "report_incomplete", "The report lacks a part of the session",
        "Nothing to do: Casebridge tries again by itself. If it stays, give this text to the appliance's administrator.";
    /// The session carries no case.
    SessionWithoutCase: "session_without_case", "The session has no case",
        "Put it on a case first: Tag running session, or casebridgectl tag --case REF --lsid LSID.";
    /// The session carries what another product wrote.
    SessionForeignKey: "session_foreign_key", "The session carries another product's key",
        "Nothing to do if it belongs to the other product. Else put it on a case: Tag running session, or casebridgectl tag --case REF --lsid LSID.";
    /// Its external key names no case that can be found.
    SessionCaseNotFound: "session_case_not_found", "The case of the session was not found",
        "Check the external key that is named here. If the case exists, ask its owner to share it with you; else put the session on another case.";
    /// The session came through a public site that is not imported.
    SessionOtherPortal: "session_other_portal", "Sessions of this portal are not imported",
        "Ask IT to add the portal to import_portals if its sessions belong into Salesforce.";
    /// A report found nothing.
    NothingFound: "nothing_found", "The appliance found nothing",
        "Check the session's id. A session that has just ended may take the appliance a minute.";
    /// A row is locked.
    OrgBusy: "org_busy", "Salesforce is busy with this case",
        "Try again in a moment. What waits in Activity is tried again by itself.";
    /// The surveys of a session could not be read.
    SurveysUnread: "surveys_unread", "The surveys of the session could not be read",
        "Nothing to do: Casebridge tries again by itself. If it stays, ask the appliance's administrator whether the API account may read survey reports.";
    /// Nobody knows whether the e-mail was taken.
    EmailUncertain: "email_uncertain", "It is not known whether Salesforce took the e-mail",
        "Look at the case's e-mails. If it is not there, choose Retry; else discard this entry.";
    /// The key ran out first.
    EmailTooLate: "email_too_late", "The key ran out before the e-mail could be sent",
        "Make a new key for the case.";
    /// There is no such open item.
    OutboxItemUnknown: "outbox_item_unknown", "There is no such entry waiting",
        "See what waits with: casebridgectl outbox list.";
    /// A file is no whole session report.
    ReportUnreadable: "report_unreadable", "The file is no whole session report",
        "Get the report from the appliance again. Nothing was taken from this file.";
    /// Something cannot be kept on the disk.
    DiskUnusable: "disk_unusable", "The disk cannot be written",
        "Free some space on the disk. Nothing is lost: Casebridge tries again by itself.";
    /// The file for whoever helps.
    SupportBundleNotSaved: "support_bundle_not_saved", "The support bundle could not be saved",
        "Check that the folder can be written to and that the disk has space, then save it again.";
    /// What was remembered was damaged, and a new store took its place.
    StoreMended: "store_mended", "What Casebridge remembered was damaged",
        "Imports, e-mails and tags that waited may be lost; finished sessions of the last 30 days are looked for again by themselves. Confirm in Activity that you have seen this. The damaged file is kept.";
    /// The data folder cannot be written.
    StoreReadOnly: "store_read_only", "Casebridge may not write to its data folder",
        "Ask IT to let you write to the folder that is named here. Jumps and keys work without it; imports wait.";
    /// A newer version was used here.
    StoreNewer: "store_newer", "A newer version of Casebridge was used here",
        "Install that version again. Nothing of what it remembers was changed.";
    /// What was remembered cannot be read.
    StoreUnusable: "store_unusable", "What Casebridge remembers cannot be read",
        "Check that the disk has space and that you may write to the data folder. Jumps work without it.";

    /// No keyring on the desktop.
    KeyringUnavailable: "keyring_unavailable", "The keyring cannot be used",
        "Start and unlock the desktop's keyring. On a machine without one, use casebridgectl with a credentials file.";
    /// The credentials file cannot be used.
    CredentialsFileRefused: "credentials_file_refused", "The credentials file cannot be used",
        "Make the file readable by you alone (chmod 600) and check that it is TOML.";
    /// A link outside the grammar.
    LinkRefused: "link_refused", "This link cannot be used",
        "Use the buttons on the case. If one of them made this link, tell your IT department.";
    /// The tray app is not running.
    AppNotRunning: "app_not_running", "Casebridge is not running",
        "Start Casebridge and open the link again.";
    /// The link handler is not registered: a click does nothing.
    LinkNotRegistered: "link_not_registered", "A click on a case button does nothing",
        "Start Casebridge once, or install it again, so that casebridge links open it; then allow the browser to open it.";
    /// Something that must not happen.
    Internal: "internal", "Something went wrong in Casebridge",
        "Try again. If it stays, send the log to your IT department.";
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().code)
    }
}

/// A failure of a use case: its code, what it was about, and the chain for the log.
#[derive(Debug)]
pub struct Failure {
    /// The kind.
    pub code: FailureCode,
    /// What it was about, for people; no secret and no customer text.
    pub detail: String,
    /// What caused it, for the log.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure without a cause of its own.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), source: None }
    }

    /// A failure that another error caused.
    pub fn caused(
        code: FailureCode,
        detail: impl Into<String>,
        source: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self { code, detail: detail.into(), source: Some(Box::new(source)) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.code.text().title;
        if self.detail.is_empty() {
            f.write_str(title)
        } else {
            write!(f, "{title}: {}", self.detail)
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_failure_has_a_code_of_its_own_a_sentence_and_a_next_step() {
        let codes: BTreeSet<_> = FailureCode::ALL.iter().map(|c| c.text().code).collect();
        assert_eq!(codes.len(), FailureCode::ALL.len());
        for code in FailureCode::ALL {
            let text = code.text();
            assert!(!text.title.ends_with('.') && text.title.len() <= 70, "{}", text.title);
            assert!(
                text.next_step.ends_with('.') && text.next_step.len() > 20,
                "{}",
                text.next_step
            );
        }
    }
}
