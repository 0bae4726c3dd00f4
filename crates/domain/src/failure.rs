//! The table of all failures that a person can see: code, title and next step.
//!
//! Windows, tray, notifications, log and command line all use this table. Each cause in the
//! vendor's troubleshooting list has a code here.

use std::error::Error;
use std::fmt;

/// The texts of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// The code in JSON answers and logs.
    pub code: &'static str,
    /// What happened, as a short title.
    pub title: &'static str,
    /// What to do, in one or two sentences.
    pub next_step: &'static str,
    /// The same as steps, in the order in which to try them; empty if the sentence says it all.
    pub tips: &'static [&'static str],
}

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $title:literal, $next:literal $(, [$($tip:literal),+ $(,)?])?;)*) => {
        /// The failure codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FailureCode {
            $($(#[$doc])* $name,)*
        }

        impl FailureCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Finds a code by its word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.text().code == word)
            }

            /// Code, title, next step and tips.
            pub fn text(self) -> Text {
                match self {
                    $(Self::$name => Text {
                        code: $code,
                        title: $title,
                        next_step: $next,
                        tips: &[$($($tip),+)?],
                    },)*
                }
            }
        }
    };
}

failures! {
    /// The settings cannot be read.
    SettingsInvalid: "settings_invalid", "The settings can't be used",
        "Open Settings and correct the value named in this message.";
    /// A settings file or folder cannot be written.
    SettingsNotSaved: "settings_not_saved", "The settings couldn't be saved",
        "Check that the disk has free space and that you can write to the settings folder, then save again.";
    /// The disk is full.
    DiskFull: "disk_full", "The disk is full",
        "Free some disk space, then try again. Nothing that is waiting is lost.";
    /// The person tried to change a value that is set by policy.
    SettingLocked: "setting_locked", "This setting is managed by your organisation",
        "If it has to change, ask your administrator to change the policy.";
    /// No appliance is set up yet.
    NotConfigured: "not_configured", "Casebridge is not set up yet",
        "Open Settings and complete the three steps.";
    /// No appliance named `Default`.
    DefaultApplianceMissing: "default_appliance_missing", "No appliance named \"Default\" was found",
        "In the settings, name your first appliance Default. It must have exactly this name.", [
            "In Settings, name your first appliance Default, with a capital D. It must have exactly this name.",
            "In a settings or policy file, its table is [appliance.Default].",
            "Buttons and links that name an appliance must use a name from Settings.",
        ];
    /// A named appliance is not in the settings.
    ApplianceUnknown: "appliance_unknown", "This appliance is not in your settings",
        "Use an appliance name from Settings. If a button on the case sent this name, ask your administrator to correct the button.";
    /// A portal is not in the settings.
    PortalUnknown: "portal_unknown", "This portal is not in your settings",
        "Choose a portal from Settings. If a button on the case sent this name, ask your administrator to correct the button.";
    /// More links were opened at once than a person can click.
    TooManyLinks: "too_many_links", "Too many links were opened at once",
        "Casebridge opened only some of the cases. Click the button again on the case that you need.";
    /// The host name does not resolve.
    HostNotFound: "host_not_found", "The site's host name can't be found",
        "Check the host name in Settings and your network or VPN connection, then try again.", [
            "Check the host name in Settings. It is the host name alone, such as support.example.com.",
            "Open the site in your browser. If that fails too, check your network or VPN connection.",
            "If only Casebridge fails, ask your administrator whether this computer needs a proxy (network.proxy).",
        ];
    /// No connection to the host.
    SiteUnreachable: "site_unreachable", "The site can't be reached",
        "Check your network or VPN connection, then try again. If it keeps failing, ask your administrator whether a firewall blocks Casebridge on port 443.", [
            "Open the site in your browser. If that fails too, check your network or VPN connection.",
            "Check the host name and the port in Settings.",
            "Ask your administrator whether a firewall or a proxy blocks Casebridge on port 443.",
        ];
    /// The host took too long.
    TimedOut: "timed_out", "The site did not answer in time",
        "Try again. If it keeps happening, ask your administrator to check the network and the proxy.";
    /// The certificate is not trusted.
    CertificateNotTrusted: "certificate_not_trusted", "The site's certificate is not trusted",
        "Ask your administrator for the site's CA file, then enter its path in Settings.";
    /// A CA file cannot be used.
    CaFileInvalid: "ca_file_invalid", "The CA file can't be used",
        "In Settings, enter the path of a file with certificates in PEM format.";
    /// The proxy refused the connection.
    ProxyRefused: "proxy_refused", "The proxy requires a sign-in (407)",
        "Ask your administrator to let Casebridge through the proxy, or correct the proxy (network.proxy) in Settings.";
    /// The proxy can't be reached, or its URL is wrong.
    ProxyUnusable: "proxy_unusable", "The proxy can't be used",
        "Correct the proxy (network.proxy) in Settings, or ask your administrator to check the proxy server.";
    /// The connection broke during an answer.
    AnswerCutOff: "answer_cut_off", "The connection broke during the answer",
        "Try again. Casebridge used nothing from the incomplete answer.";
    /// The answer is not from the system's API.
    AnswerNotUnderstood: "answer_not_understood", "The site's answer can't be read",
        "Check in Settings that the host name is the site's own. If it is, ask your administrator whether a proxy or sign-in page is in between.";
    /// A web page or redirect came instead of an API answer, usually from a network's sign-in.
    NetworkPage: "network_page", "A network page answered instead of the site",
        "Open any web page in your browser. If your network asks you to sign in, do so and try again. If not, check the host name in Settings.";
    /// Too many requests.
    RateLimited: "rate_limited", "The site received too many requests",
        "Wait a minute, then try again.";
    /// The server reported an error.
    ServerError: "server_error", "The site reported an internal error",
        "Try again in a few minutes. If it keeps happening, send this message to your administrator.";

    /// Client id or secret is wrong, or the secret was never saved on the appliance.
    ApplianceSecretWrong: "appliance_secret_wrong", "The appliance rejected the client ID or secret",
        "Enter the client ID and secret again. If the secret is new, save the API account on the appliance first: a new secret works only after that.", [
            "Enter the client ID and the client secret again, each copied whole.",
            "If the secret is new, save the API account on the appliance. A secret that was copied but never saved does not work.",
            "If you no longer have the secret, generate a new one in /login › Management › API Configuration, save the account, and enter the new secret on each computer (casebridgectl secret set does it in a script).",
        ];
    /// No secret stored on this computer.
    ApplianceSecretMissing: "appliance_secret_missing", "The client secret is not stored on this computer",
        "Open Settings, enter the appliance's client secret and save.";
    /// What was given is no client secret.
    SecretInvalid: "secret_invalid", "This is not a client secret",
        "Give the client secret alone, as one line on standard input.";
    /// The API account may not use the Command API.
    EndpointUnauthorized: "endpoint_unauthorized", "The API account lacks a permission (unauthorized endpoint)",
        "Ask your BeyondTrust administrator to enable the XML API, and to give the API account full access to the Command API and access to support session reports.", [
            "In /login › Management › API Configuration, check that the XML API is enabled.",
            "Open the API account whose client ID is in Settings, and give it full access to the Command API.",
            "Under Reporting API, allow access to support session reports and recordings.",
            "Save the account, then run the checks again.",
        ];
    /// The user name is not known to the appliance.
    RepresentativeNotFound: "representative_not_found", "The representative could not be found",
        "The appliance does not know the user name in this message. Ask your Salesforce administrator to correct the BeyondTrust user name on your Salesforce user.", [
            "Compare the user name in this message with the one on the appliance (/login › Users & Security › Users).",
            "In Salesforce, Setup › Users, correct BeyondTrust Username on the Salesforce user.",
            "If the names are the same in both systems, leave the field empty, or set org.username_source.",
        ];
    /// The org has no BeyondTrust user name for the user.
    RepresentativeNotMapped: "representative_not_mapped", "Your Salesforce user has no BeyondTrust user name",
        "Ask your Salesforce administrator to fill in the BeyondTrust user name on your Salesforce user.", [
            "In Salesforce, Setup › Users, enter the user name on the appliance as BeyondTrust Username of the Salesforce user.",
            "If another field of the user has the name, enter it as org.username_field.",
            "If the names follow a rule, such as the part before the @, choose it as org.username_source.",
        ];
    /// The representative is not logged in.
    RepresentativeNotAvailable: "representative_not_available", "You are not available in the representative console",
        "Log in to the representative console, then create the key again.", [
            "Log in to the representative console, then create the key again.",
            "To get a key without an error where you are not logged in, turn on “Create session keys in the representative console” for the appliance (use_rep_console_for_session_keys). The console then opens its own key dialog.",
        ];
    /// The appliance refused for another reason.
    ApplianceRefused: "appliance_refused", "The appliance refused the request",
        "Send this message to your BeyondTrust administrator.";
    /// The session has ended.
    SessionNotActive: "session_not_active", "The session has ended",
        "Start a new session from the case.";

    /// Nobody is signed in to the org.
    SignedOut: "signed_out", "You are not signed in to Salesforce",
        "Sign in to Salesforce. Your browser opens for it.";
    /// The org ended the sign-in.
    SignInAgain: "sign_in_again", "Salesforce requires you to sign in again",
        "Sign in to Salesforce. Your browser opens for it.";
    /// The org renewed the sign-in, and the new token was lost before it was stored.
    SignInLost: "sign_in_lost", "The sign-in was lost while it was being renewed",
        "Sign in again. Your browser opens for it. Casebridge or the computer stopped at that moment; nothing that is waiting is lost.";
    /// The entry belongs to another sign-in.
    OtherSignIn: "other_sign_in", "This belongs to another Salesforce user",
        "Sign in as the user named in this message, or discard this entry.";
    /// The person denied access.
    SignInDenied: "sign_in_denied", "The sign-in was not allowed",
        "Sign in again and choose Allow.";
    /// The browser did not return to the app.
    SignInTimedOut: "sign_in_timed_out", "The sign-in was not completed in the browser",
        "Sign in again. If Salesforce showed an error page, ask your Salesforce administrator to check the client ID and the callback URLs of the Casebridge app.";
    /// No callback port is free.
    SignInPortsBusy: "sign_in_ports_busy", "All sign-in ports are in use",
        "Close other programs that are signing in, then try again. If it keeps failing, ask your administrator to set other ports (org.redirect_ports).";
    /// The browser cannot be opened.
    BrowserNotOpened: "browser_not_opened", "The browser couldn't be opened",
        "Set a default browser in the system settings, then try again.";
    /// The app is not known or not allowed in the org.
    OrgAppNotAllowed: "org_app_not_allowed", "Salesforce did not let Casebridge sign in",
        "Send this message to your Salesforce administrator. They can check the client ID, the policies and IP ranges of the Casebridge app, and your user.";
    /// The answer names a host outside the org.
    OrgHostForeign: "org_host_foreign", "The sign-in led to a host outside your org",
        "Check the login URL in Settings. Casebridge sent nothing to the other host.";
    /// The login URL redirects to another one.
    OrgMoved: "org_moved", "The org's login URL has changed",
        "In Settings, enter the login URL named in this message, or ask your Salesforce administrator for the right one.";
    /// The link is from another org.
    OrgMismatch: "org_mismatch", "This case is in another Salesforce org",
        "Open the case in the org that you are signed in to, or sign in to the other org in Settings.";
    /// The daily API limit is used up.
    OrgLimit: "org_limit", "The org's API limit is used up",
        "Try again later. If it keeps happening, ask your Salesforce administrator to raise the API request limit.";
    /// The org's storage is full.
    OrgFull: "org_full", "The org's storage is full",
        "Ask your Salesforce administrator to free or buy storage. Nothing is lost: after that, Casebridge continues by itself.";
    /// The org is temporarily read-only.
    OrgReadOnly: "org_read_only", "Salesforce is not accepting changes at the moment",
        "You don't need to do anything. The org is in maintenance or read-only, and Casebridge tries again by itself.";
    /// The sign-in can't be renewed at the moment.
    SignInBusy: "sign_in_busy", "Salesforce can't renew your sign-in at the moment",
        "You don't need to do anything. Casebridge tries again by itself, and you stay signed in.";
    /// The org asked for another attempt.
    OrgAsksAgain: "org_asks_again", "Salesforce couldn't complete the request",
        "Try again in a moment. Casebridge retries what is waiting in Activity a few times by itself.";
    /// No API access.
    OrgApiDisabled: "org_api_disabled", "Your Salesforce user has no API access",
        "Ask your Salesforce administrator to give you the permission \"API Enabled\".";
    /// A field is missing or hidden.
    OrgMetadata: "org_metadata", "A field that Casebridge needs is missing in Salesforce",
        "Ask your Salesforce administrator to add the field named in this message and to give you access to it.", [
            "Ask your Salesforce administrator to deploy the field named in this message (salesforce/README.md).",
            "In Setup › Object Manager › the object › Fields, open the field and choose View Field Accessibility: it must be visible for your profile or permission set.",
            "Assign the permission set Casebridge Representative.",
        ];
    /// The org refused the request.
    OrgRefused: "org_refused", "Salesforce refused the request",
        "Send this message to your Salesforce administrator.";
    /// The case does not exist, or is not shared with the user.
    CaseNotFound: "case_not_found", "The case was not found",
        "Check the case number. If it is right, ask the case owner to share the case with you.";
    /// The typed text is not a case.
    CaseReferenceInvalid: "case_reference_invalid", "This is not a case number, case ID or link",
        "Enter a case number such as 00001026, a case ID, or the link to a case.";
    /// The case has no recipient for the e-mail.
    NoRecipient: "no_recipient", "Nobody on the case has an e-mail address",
        "Add a contact with an e-mail address to the case, or read the key to the customer.";
    /// The org did not take the e-mail.
    EmailRefused: "email_refused", "Salesforce did not accept the e-mail",
        "Try again, or copy the message and send it yourself.";
    /// The key can't be sent by e-mail, because it is not known any more.
    KeyUnknown: "key_unknown", "Casebridge no longer has this key",
        "Create a new key for the case.";

    /// No representative console was found.
    ConsoleNotFound: "console_not_found", "No representative console was found",
        "Install the representative console of this site, or enter the path of its program in Settings.";
    /// The console exited immediately.
    ConsoleFailed: "console_failed", "The representative console did not accept the request",
        "Start the representative console, log in, then try again.";
    /// The web console is not documented to support this action.
    WebConsoleActionOff: "web_console_action_off", "The web console is not allowed to do this",
        "Use the console on this computer, or ask your administrator to set rep_console.web_actions to all.";
    /// A field of the jump is invalid.
    JumpInvalid: "jump_invalid", "The jump couldn't be started",
        "Correct the field named in this message, then try again.";
    /// The request was sent to the console, but no session started.
    JumpNotSeen: "jump_not_seen", "No session has started yet",
        "Look at the representative console: it may be waiting for a log-in, a Jumpoint or a choice. Then try again.";
    /// No session is running.
    NoSession: "no_session", "You have no running sessions",
        "Start or join a session in the representative console, then try again.";
    /// Several sessions are running, and none was chosen.
    SessionAmbiguous: "session_ambiguous", "More than one session is running",
        "Choose one of these sessions and add --lsid LSID to the command.";
    /// The session is not running.
    SessionUnknown: "session_unknown", "This session is not running",
        "Choose one of your running sessions.";
    /// There is a doubt about the case.
    TagDoubtful: "tag_doubtful", "This may be the wrong case for the session",
        "Compare the customer with the case. If they belong together, tag anyway (--yes on the command line).";
    /// The customer of a finished session is not the person on its case.
    ImportDoubtful: "import_doubtful", "This session may belong to another case",
        "Compare the customer with the case. If they belong together, import anyway (--yes on the command line). If not, choose another case.";
    /// The session did not keep the external key.
    TagNotKept: "tag_not_kept", "The session was not tagged",
        "Try again. If it keeps failing, enter the case number as the external key in the representative console.";
    /// The session ended first; its case is saved for the import.
    SessionEndedHeld: "session_ended_held", "The session has ended; its case is saved for the import",
        "You don't need to do anything. The import links the session to the case.";
    /// The tag can't be undone.
    UndoImpossible: "undo_impossible", "The tag can no longer be undone",
        "The session has ended or is now on another case. Check it in the representative console.";
    /// The desktop does not allow the keyboard shortcut.
    ShortcutUnusable: "shortcut_unusable", "The keyboard shortcut can't be used",
        "Choose another one, such as Ctrl+Shift+J. On Wayland, add a shortcut in the system settings that runs: casebridgectl open casebridge://jump.";
    /// The session has not ended.
    SessionRunning: "session_running", "The session is still running",
        "You don't need to do anything. Casebridge imports the session when it has ended.";
    /// The report contains an error in place of a part of the session.
    ReportIncomplete: "report_incomplete", "Part of the session report is missing",
        "You don't need to do anything now: Casebridge tries again by itself. If it keeps happening, send this message to your BeyondTrust administrator.";
    /// The session has no case.
    SessionWithoutCase: "session_without_case", "The session has no case",
        "Tag it with a case first: choose Tag running session, or run casebridgectl tag --case REF --lsid LSID.";
    /// Another desktop has imported the session.
    SessionImportedElsewhere: "session_imported_elsewhere", "Another computer has imported the session",
        "You don't need to do anything: the session is in Salesforce.";
    /// The session has another product's external key.
    SessionForeignKey: "session_foreign_key", "The session has another product's external key",
        "If the session belongs to that product, you don't need to do anything. If not, tag it with a case: choose Tag running session, or run casebridgectl tag --case REF --lsid LSID.";
    /// The case in the session's external key was not found.
    SessionCaseNotFound: "session_case_not_found", "The session's case was not found",
        "Check the external key named in this message. If the case exists, ask the case owner to share it with you. If not, tag the session with another case.";
    /// The session belongs to a public site that is not imported.
    SessionOtherPortal: "session_other_portal", "Sessions from this portal are not imported",
        "To import them, ask your administrator to add the portal to import_portals.";
    /// A report found nothing.
    NothingFound: "nothing_found", "The appliance found nothing for this session",
        "Check the session ID. If the session has just ended, wait a minute, then try again.";
    /// A record is locked.
    OrgBusy: "org_busy", "Salesforce is busy with this case",
        "Try again in a moment. Casebridge retries what is waiting in Activity by itself.";
    /// The surveys of a session could not be read.
    SurveysUnread: "surveys_unread", "The session's surveys couldn't be read",
        "You don't need to do anything now: Casebridge tries again by itself. If it keeps happening, ask your BeyondTrust administrator to let the API account read survey reports.";
    /// It is unknown whether Salesforce accepted the e-mail.
    EmailUncertain: "email_uncertain", "The e-mail may not have been sent",
        "Look at the e-mails on the case. If it is missing, choose Retry now. If it is there, discard this entry.";
    /// The key expired first.
    EmailTooLate: "email_too_late", "The key expired before the e-mail could be sent",
        "Create a new key for the case.";
    /// There is no such open item.
    OutboxItemUnknown: "outbox_item_unknown", "No waiting entry has this ID",
        "To see the waiting entries, run: casebridgectl outbox list.";
    /// The file is not a complete session report.
    ReportUnreadable: "report_unreadable", "The file is not a complete session report",
        "Get the report from the appliance again. Casebridge used nothing from this file.";
    /// Data can't be stored on the disk.
    DiskUnusable: "disk_unusable", "Casebridge can't write to the disk",
        "Check that the disk has free space and that you can write to it. Nothing is lost: Casebridge tries again by itself.";
    /// The support bundle can't be saved.
    SupportBundleNotSaved: "support_bundle_not_saved", "The support bundle couldn't be saved",
        "Check that you can write to the folder and that the disk has free space, then save again.";
    /// The stored data was damaged, and a new store replaced it.
    StoreMended: "store_mended", "Casebridge's data on this computer was damaged",
        "Imports, e-mails and tags that were waiting may be lost. Casebridge looks again for sessions that ended in the last 30 days. The damaged file is kept. In Activity, choose Mark as read.";
    /// The data folder cannot be written.
    StoreReadOnly: "store_read_only", "Casebridge can't write to its data folder",
        "Ask your administrator to give you write access to the folder named in this message. Keys and jumps still work; imports wait.";
    /// The data is from a newer version.
    StoreNewer: "store_newer", "This data is from a newer version of Casebridge",
        "Install the newer version again. Its data has not been changed.";
    /// The stored data can't be read.
    StoreUnusable: "store_unusable", "Casebridge can't read its data on this computer",
        "Check that the disk has free space and that you can write to the data folder. Jumps still work.";

    /// The keyring is missing or locked.
    KeyringUnavailable: "keyring_unavailable", "The keyring can't be used",
        "Start and unlock the keyring of your desktop, then try again. On a computer without a keyring, use casebridgectl with a credentials file.";
    /// The credentials file cannot be used.
    CredentialsFileRefused: "credentials_file_refused", "The credentials file can't be used",
        "Make the file readable only by you (chmod 600) and check that it is valid TOML.";
    /// The link does not match the grammar.
    LinkRefused: "link_refused", "This link can't be used",
        "Use the buttons on the case. If one of them opened this link, send this message to your administrator.";
    /// The tray app is not running.
    AppNotRunning: "app_not_running", "Casebridge is not running",
        "Start Casebridge, then open the link again.";
    /// The link handler is not registered: a click does nothing.
    LinkNotRegistered: "link_not_registered", "A click on a case button does nothing",
        "Start Casebridge once or reinstall it, so that it opens casebridge links. If the browser then asks, allow it to open Casebridge.", [
            "Start Casebridge once or reinstall it, so that it opens casebridge links.",
            "If the browser asks whether to open Casebridge, allow it. Your administrator can allow it for everybody (AutoLaunchProtocolsFromOrigins).",
            "Check that the host name of the appliance is right and that the appliance is named Default: the checks of both say so.",
        ];
    /// An internal error.
    Internal: "internal", "Something went wrong in Casebridge",
        "Try again. If it keeps happening, save a support bundle (Settings, Doctor) and send it to your administrator.";
}

impl FailureCode {
    /// What to do, one step each, in the order in which to try them.
    pub fn steps(self) -> Vec<String> {
        let text = self.text();
        let steps = if text.tips.is_empty() { &[text.next_step] } else { text.tips };
        steps.iter().map(|step| (*step).to_owned()).collect()
    }
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().code)
    }
}

/// A failure of a use case: code, detail, and cause for the log.
#[derive(Debug)]
pub struct Failure {
    /// The kind.
    pub code: FailureCode,
    /// The detail for people. Contains no secret and no customer text.
    pub detail: String,
    /// The cause, for the log.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// Creates a failure without a cause.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), source: None }
    }

    /// Creates a failure with the error that caused it.
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
            assert_ne!(text.tips.len(), 1, "{}: one step is the next step", text.code);
            assert!(text.tips.iter().all(|tip| tip.ends_with('.')), "{}", text.code);
        }
    }

    #[test]
    fn a_failure_without_tips_has_its_next_step_as_the_only_one() {
        let text = FailureCode::SignedOut.text();
        assert_eq!(FailureCode::SignedOut.steps(), [text.next_step]);
        assert!(FailureCode::RepresentativeNotAvailable.steps().len() > 1);
    }
}
