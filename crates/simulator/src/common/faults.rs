//! The switches that make the simulator misbehave, each named for what a client then meets.
//!
//! A fault belongs to the appliance, to the org, or to both. It stays on until it is switched off,
//! or for `count` uses. Three of them ([`FaultName::is_event`]) happen at the moment they are
//! switched on; with a count they also refuse that many later calls.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Which server a fault belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The appliance.
    Appliance,
    /// The org.
    Org,
    /// Both of them.
    Both,
}

macro_rules! fault_names {
    ($($variant:ident, $text:literal, $scope:ident, $help:literal;)*) => {
        /// The name of a fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum FaultName {
            $(#[doc = $help] #[serde(rename = $text)] $variant,)*
        }

        impl FaultName {
            /// Every fault, in the order of the control page.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name as the control call takes it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// What a client meets while the fault is on.
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => $help),* }
            }

            /// The server that misbehaves.
            pub fn scope(self) -> Scope {
                match self { $(Self::$variant => Scope::$scope),* }
            }
        }
    };
}

fault_names! {
    UnauthorizedSecret, "unauthorized_secret", Appliance, "The token endpoint refuses the client secret.";
    TokenExpiredNow, "token_expired_now", Appliance, "Every live token of the API account dies at once.";
    TokenRefused, "token_refused", Appliance, "API calls answer 401 to any token.";
    ForbiddenCommand, "forbidden_command", Appliance, "The API account has perm_command = deny.";
    CommandReadOnly, "command_read_only", Appliance, "The API account has perm_command = read_only.";
    ForbiddenReporting, "forbidden_reporting", Appliance, "The API account may not read support session reports.";
    Forbidden403, "forbidden_403", Appliance, "A missing permission is status 403 instead of an error element.";
    Html, "html", Appliance, "API calls answer with a web page.";
    Empty, "empty", Appliance, "API calls answer with nothing.";
    CutOff, "cut_off", Appliance, "The connection breaks in the middle of the answer.";
    CutOffXml, "cut_off_xml", Appliance, "The answer arrives whole but its XML stops in the middle.";
    MalformedXml, "malformed_xml", Appliance, "The answer has tags that do not match.";
    RawAnswer, "raw_answer", Appliance, "API calls answer 200 with the given text as it is.";
    Error200, "error200", Appliance, "API calls answer 200 with an error element of the given text.";
    OddErrorText, "odd_error_text", Appliance, "Error texts come with other quotes and capitals.";
    NestedAnswers, "nested_answers", Appliance, "error and success are children of the expected root.";
    Status500, "status_500", Appliance, "API calls answer 500.";
    RateLimit429, "rate_limit_429", Appliance, "API calls answer 429 with Retry-After.";
    RateLimitEnforced, "rate_limit_enforced", Appliance, "More than 20 API calls in a second answer 429.";
    Unhealthy, "unhealthy", Appliance, "The health checks report trouble.";
    RepNotAvailableError, "rep_not_available_error", Appliance, "A key for a representative is refused: not available.";
    QueueUnavailable, "queue_unavailable", Appliance, "Keys are made, with available = 0 on the queue.";
    ExpiresIso, "expires_iso", Appliance, "A key's expiry is ISO 8601 with a ts attribute.";
    SparseKey, "sparse_key", Appliance, "A key's answer lacks every optional element.";
    KeyTtlCapped, "key_ttl_capped", Appliance, "The site lets keys last `seconds` (2) at most.";
    ConsoleIdle, "console_idle", Appliance, "The representative console takes scripts and does nothing.";
    ReportingLag, "reporting_lag", Appliance, "Starts and ends of sessions reach the reports `seconds` late (30).";
    ListingKey, "listing_key", Appliance, "The listing has the external key as an attribute, or with `text` = child as an element.";
    EmptyEndTime, "empty_end_time", Appliance, "A running session has an empty end_time instead of none.";
    SurveysByTime, "surveys_by_time", Appliance, "Surveys cannot be asked for by LSID.";
    EmptyLists, "empty_lists", Appliance, "A report without a match is an empty list instead of an error.";
    Encoding, "encoding", Appliance, "Answers come in the encoding of `text`, such as ISO-8859-1, and say so.";
    NumbersOnly, "numbers_only", Appliance, "Events name who did something by the number of the connection alone.";
    Language, "language", Appliance, "Errors are told in the language of `text`: fr or de.";
    ClockSkew, "clock_skew", Appliance, "The appliance's clock is `seconds` fast (900).";
    OldNamespace, "old_namespace", Appliance, "Answers carry the old namespace and API version 1.19.0.";
    DocumentedRoots, "documented_roots", Appliance, "get_api_info answers with the root that the manual prints.";
    SessionExpired, "session_expired", Org, "Every access token dies at once.";
    RefreshRevoked, "refresh_revoked", Org, "Every refresh token is revoked, with its access tokens.";
    NoRotation, "no_rotation", Org, "A refresh keeps the refresh token and sends none.";
    FiveGrants, "five_grants", Org, "A sixth sign-in of a user drops the oldest grant.";
    AppNotFound, "app_not_found", Org, "Sign-in comes back with OAUTH_EC_APP_NOT_FOUND.";
    TokenError, "token_error", Org, "The token endpoint answers with an error (`text` = CODE or CODE: DESCRIPTION, else server_error).";
    TokenRedirect, "token_redirect", Org, "The token endpoint sends to the host of `text`.";
    RestError, "rest_error", Org, "REST calls answer with an error (`text` = CODE: MESSAGE) and a status (`seconds`, else 400).";
    RowError, "row_error", Org, "Rows are refused with `text` = CODE: MESSAGE, such as STORAGE_LIMIT_EXCEEDED: storage limit exceeded.";
    HiddenFields, "hidden_fields", Org, "Field-level security hides the fields of `text`, such as Case.SuppliedEmail,User.Username.";
    LimitExceeded, "limit_exceeded", Org, "REST calls answer 403 REQUEST_LIMIT_EXCEEDED.";
    ApiDisabled, "api_disabled", Org, "REST calls answer 403 API_DISABLED_FOR_ORG.";
    Html503, "html_503", Org, "REST calls answer 503 with a gateway's web page.";
    Moved420, "moved_420", Org, "REST calls answer 420: the org has moved.";
    QueryMalformed, "query_malformed", Org, "Queries answer 400 MALFORMED_QUERY.";
    SmallPages, "small_pages", Org, "Query pages hold five records.";
    NoUsernameField, "no_username_field", Org, "User has no BeyondTrust_Username__c.";
    NoContact, "no_contact", Org, "Cases have no contact.";
    EmailFails, "email_fails", Org, "emailSimple fails with status 400.";
    EmailFails200, "email_fails_200", Org, "emailSimple fails with status 200.";
    ForeignInstanceUrl, "foreign_instance_url", Org, "The token answer names another host (`text`).";
    LockedRows, "locked_rows", Org, "Rows of sessions are locked: UNABLE_TO_LOCK_ROW.";
    PartialCollection, "partial_collection", Org, "Every third row of a collection is locked.";
    LostAnswer, "lost_answer", Org, "Writes are carried out, and the connection breaks before the answer.";
    RefusedRow, "refused_row", Org, "A customer's trigger refuses rows whose key ends with `text`.";
    NoSupportObjects, "no_support_objects", Org, "The objects of finished sessions are not deployed.";
    OrgTrigger, "org_trigger", Org, "The org's own trigger judges surveys by the project's rules.";
    CaseLocked, "case_locked", Org, "A validation rule refuses changes of cases.";
    CaptivePortal, "captive_portal", Both, "A network's page answers instead of the site, or with `text` = redirect a way to it.";
    Hang, "hang", Both, "Nothing is answered: before the call is carried out, or after it with `text` = after; `seconds` calls pass before.";
    Slow, "slow", Both, "Answers take `seconds` (3) longer.";
}

impl FaultName {
    /// Whether the fault happens at the moment it is switched on.
    pub fn is_event(self) -> bool {
        matches!(self, Self::TokenExpiredNow | Self::SessionExpired | Self::RefreshRevoked)
    }
}

/// What to do with one switch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FaultSwitch {
    /// The fault.
    pub name: FaultName,
    /// On or off.
    #[serde(default = "on")]
    pub on: bool,
    /// How often it happens before it switches itself off; always while absent.
    #[serde(default)]
    pub count: Option<u32>,
    /// The one action, report or path that it happens to; all of them while absent.
    #[serde(default)]
    pub only: Option<String>,
    /// The text that some faults use.
    #[serde(default)]
    pub text: Option<String>,
    /// The number of seconds that some faults use.
    #[serde(default)]
    pub seconds: Option<i64>,
}

fn on() -> bool {
    true
}

impl FaultSwitch {
    /// The fault, on until it is switched off.
    pub fn on(name: FaultName) -> Self {
        Self { name, on: true, count: None, only: None, text: None, seconds: None }
    }

    /// The fault, off.
    pub fn off(name: FaultName) -> Self {
        Self { on: false, ..Self::on(name) }
    }

    /// The same, for `count` uses.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self { count: Some(count), ..self }
    }

    /// The same, for one action, report or path only.
    #[must_use]
    pub fn only(self, what: &str) -> Self {
        Self { only: Some(what.to_owned()), ..self }
    }

    /// The same, with a text.
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..self }
    }

    /// The same, with a number of seconds.
    #[must_use]
    pub fn with_seconds(self, seconds: i64) -> Self {
        Self { seconds: Some(seconds), ..self }
    }
}

/// The faults that are on, behind a lock of their own that no caller keeps.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Faults(Mutex<BTreeMap<FaultName, FaultSwitch>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<FaultName, FaultSwitch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns a switch.
    pub(crate) fn set(&self, switch: FaultSwitch) {
        let mut all = self.lock();
        if switch.on && switch.count != Some(0) {
            all.insert(switch.name, switch);
        } else {
            all.remove(&switch.name);
        }
    }

    /// Switches everything off.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Uses a fault once for `what`; the switch if it is on and meant for that.
    pub(crate) fn take(&self, name: FaultName, what: &str) -> Option<FaultSwitch> {
        take(&mut self.lock(), name, what)
    }

    /// Uses a fault once, where it does not matter for what.
    pub(crate) fn hits(&self, name: FaultName) -> bool {
        self.take(name, "").is_some()
    }

    /// Looks at a switch without using it.
    pub(crate) fn get(&self, name: FaultName) -> Option<FaultSwitch> {
        self.lock().get(&name).cloned()
    }

    /// The text of a switch, without using it.
    pub(crate) fn text(&self, name: FaultName) -> Option<String> {
        self.get(name)?.text
    }

    /// Whether a switch is on, without using it.
    pub(crate) fn is_on(&self, name: FaultName) -> bool {
        self.lock().contains_key(&name)
    }

    /// Whether a call hangs now: `before` it is carried out, or `after`. So many calls as the switch
    /// has seconds pass before.
    pub(crate) fn hangs(&self, what: &str, when: &str) -> bool {
        let mut all = self.lock();
        let Some(fault) = all.get_mut(&FaultName::Hang) else { return false };
        let is_named = fault.only.as_deref().is_none_or(|only| only == what);
        if !is_named || fault.text.as_deref().unwrap_or("before") != when {
            return false;
        }
        if let Some(left @ 1..) = fault.seconds {
            fault.seconds = Some(left - 1);
            return false;
        }
        take(&mut all, FaultName::Hang, what).is_some()
    }

    /// How long a call to `what` of a system waits.
    pub(crate) fn delay(&self, what: &str, system: &str) -> Duration {
        let mut all = self.lock();
        let slow = take(&mut all, FaultName::Slow, what)
            .or_else(|| take(&mut all, FaultName::Slow, system));
        let seconds = slow.map_or(0, |switch| switch.seconds.unwrap_or(3));
        Duration::from_secs(seconds.unsigned_abs())
    }
}

fn take(
    all: &mut BTreeMap<FaultName, FaultSwitch>,
    name: FaultName,
    what: &str,
) -> Option<FaultSwitch> {
    let switch = all.get_mut(&name)?;
    if switch.only.as_deref().is_some_and(|only| only != what) {
        return None;
    }
    let taken = switch.clone();
    if let Some(count) = &mut switch.count {
        *count -= 1;
        if *count == 0 {
            all.remove(&name);
        }
    }
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_switches_itself_off() {
        let faults = Faults::default();
        faults.set(FaultSwitch::on(FaultName::Html).times(2));
        assert!(faults.hits(FaultName::Html));
        assert!(faults.hits(FaultName::Html));
        assert!(!faults.hits(FaultName::Html));
    }

    #[test]
    fn a_fault_for_one_action_spares_the_others() {
        let faults = Faults::default();
        faults.set(FaultSwitch::on(FaultName::Empty).only("check_health"));
        assert!(faults.take(FaultName::Empty, "get_api_info").is_none());
        assert!(faults.take(FaultName::Empty, "check_health").is_some());
    }

    #[test]
    fn every_name_reads_back() {
        for name in FaultName::ALL {
            let json = serde_json::to_string(name).unwrap();
            assert_eq!(json, format!("\"{}\"", name.as_str()));
            assert_eq!(serde_json::from_str::<FaultName>(&json).unwrap(), *name);
        }
    }
}
