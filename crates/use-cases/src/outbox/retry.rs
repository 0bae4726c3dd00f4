//! Decides what happens to an item after a failed attempt: retry, hold, park or give up.

use casebridge_domain::{Failure, FailureCode};
use casebridge_salesforce::Error as OrgError;
use casebridge_store::Item;
use jiff::SignedDuration;
use std::time::Duration;

/// The longest pause before another attempt, and the duration of a hold.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);
/// The number of unreadable answers after which an item is not retried.
pub(crate) const PATIENCE: u32 = 8;
/// The number of attempts to find a case, which may be created or shared a little later.
const LOOK_UPS: u32 = 4;
/// The number of consecutive failures after which a site counts as down.
const OUTAGE: u32 = 3;
/// The number of attempts after which an item is parked: weeks of a running app. Attempts are
/// counted instead of days, because a wrong clock does not affect them.
const MOST_TRIES: u32 = 4000;

/// A job's hints about a failed item.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hints {
    /// A person asked for this item, so its result is shown.
    pub(crate) asked: bool,
    /// It is another desktop's to do, and this one only helps out.
    pub(crate) of_others: bool,
    /// The event that it was waiting for has probably happened.
    pub(crate) ready: bool,
    /// Its time is over.
    pub(crate) over: bool,
    /// Nobody asked for it: its failures hold up nothing and need nobody.
    pub(crate) quiet: bool,
}

/// What happens to an item after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Another attempt may succeed.
    Retry,
    /// Every item would fail, so the queue is held.
    Hold,
    /// A person must fix something.
    Park,
    /// It is not Casebridge's task, and is removed.
    Drop,
    /// Nothing more can be done and nobody needs to act. The record is kept.
    GiveUp,
    /// It is too early.
    Wait,
    /// What it needs may become available later. This is not a failure.
    LookAgain,
}

/// Decides the fate of an item. Every item ends eventually.
pub(super) fn fate(failure: &Failure, item: &Item, hints: Hints) -> Fate {
    let of_org = failure.source.as_ref().is_some_and(|source| source.is::<OrgError>());
    let fate = fate_by_code(failure.code, of_org, item, hints);
    let fate = match fate {
        Fate::Hold if hints.quiet => Fate::Wait,
        Fate::Park | Fate::GiveUp if hints.quiet => Fate::Drop,
        Fate::Retry
        | Fate::Hold
        | Fate::Park
        | Fate::Drop
        | Fate::GiveUp
        | Fate::Wait
        | Fate::LookAgain => fate,
    };
    let goes_on = matches!(fate, Fate::Retry | Fate::Hold | Fate::Wait | Fate::LookAgain);
    if hints.over && matches!(fate, Fate::Retry | Fate::Park) {
        // Its time is over: the failure is shown, and the item ends.
        Fate::GiveUp
    } else if goes_on && item.tries >= MOST_TRIES {
        if hints.quiet { Fate::Drop } else { Fate::Park }
    } else {
        fate
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most failures pass by themselves, or for all items at once when a person mends a setting"
)]
fn fate_by_code(code: FailureCode, of_org: bool, item: &Item, hints: Hints) -> Fate {
    use FailureCode as Code;
    let before = failed_before(item, code);
    match code {
        Code::SessionRunning if !hints.ready => Fate::Wait,
        Code::SessionWithoutCase | Code::SessionOtherPortal if !hints.asked => Fate::Drop,
        Code::SessionImportedElsewhere => Fate::Drop,
        // Its own desktop asks its person; no other one does.
        Code::ImportDoubtful | Code::SessionCaseNotFound if hints.of_others => Fate::Drop,
        Code::SessionForeignKey => Fate::GiveUp,
        Code::OtherSignIn => Fate::Wait,
        Code::SessionCaseNotFound if !hints.asked => {
            // Look-ups are postponed without a failure code; any failure restarts the count.
            let looked = if item.error_code.is_none() { item.attempts } else { 0 };
            if looked + 1 >= LOOK_UPS { Fate::GiveUp } else { Fate::LookAgain }
        }
        Code::SignInBusy if before + 1 >= OUTAGE => Fate::Hold,
        Code::ServerError if of_org && before + 1 >= OUTAGE => Fate::Hold,
        Code::OrgLimit
        | Code::OrgFull
        | Code::OrgReadOnly
        | Code::SignedOut
        | Code::SignInAgain
        | Code::SignInLost
        | Code::DiskFull
        | Code::OrgAppNotAllowed
        | Code::OrgApiDisabled
        | Code::KeyringUnavailable
        | Code::NotConfigured => Fate::Hold,
        Code::SessionWithoutCase
        | Code::SessionOtherPortal
        | Code::ImportDoubtful
        | Code::OrgRefused
        | Code::OrgMetadata
        | Code::CaseNotFound
        | Code::SessionCaseNotFound
        | Code::ApplianceUnknown
        | Code::EmailRefused
        | Code::EmailUncertain
        | Code::EmailTooLate
        | Code::NoRecipient
        | Code::KeyUnknown => Fate::Park,
        // The report may be late, and a web page may temporarily replace the answer.
        Code::SessionUnknown
        | Code::ReportIncomplete
        | Code::AnswerNotUnderstood
        | Code::ApplianceRefused
        | Code::OrgAsksAgain
        | Code::Internal
            if before + 1 >= PATIENCE =>
        {
            Fate::Park
        }
        _ => Fate::Retry,
    }
}

/// How often it failed in a row with this code.
pub(crate) fn failed_before(item: &Item, code: FailureCode) -> u32 {
    let is_same = item.error_code.as_deref() == Some(code.text().code);
    if is_same { item.attempts } else { 0 }
}

/// A random pause between one second and a limit that doubles with each attempt, up to 15 minutes.
pub(super) fn full_jitter(attempts: u32) -> SignedDuration {
    let most = 1000_u64.saturating_mul(2_u64.saturating_pow(attempts.saturating_add(1)));
    let most = most.min(u64::try_from(LONGEST.as_millis()).unwrap_or(u64::MAX));
    SignedDuration::from_millis(i64::try_from(rand::random_range(1000..=most)).unwrap_or(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use casebridge_store::{Kind, State};
    use jiff::Timestamp;
    use std::collections::BTreeSet;

    fn item() -> Item {
        Item {
            id: 1,
            kind: Kind::Import,
            subject: "0".repeat(32),
            appliance: "Default".to_owned(),
            case_id: String::new(),
            case_number: String::new(),
            title: String::new(),
            payload: String::new(),
            state: State::Waiting,
            attempts: 0,
            tries: 0,
            due_at: Timestamp::UNIX_EPOCH,
            created_at: Timestamp::UNIX_EPOCH,
            changed_at: Timestamp::UNIX_EPOCH,
            error_code: None,
            error_detail: None,
            summary: String::new(),
            revision: 0,
            held_for: None,
        }
    }

    /// Stores the result of a postponed attempt in the item.
    fn put_off(item: &mut Item, code: FailureCode, fate: Fate) {
        let word = Some(code.text().code.to_owned()).filter(|_| fate != Fate::LookAgain);
        if matches!(fate, Fate::Retry | Fate::LookAgain) {
            item.attempts = if item.error_code == word { item.attempts + 1 } else { 1 };
        }
        if fate == Fate::Wait {
            item.attempts = 0;
        }
        item.error_code = word.filter(|_| fate != Fate::Wait);
        item.tries += 1;
    }

    #[test]
    fn every_item_ends_whatever_comes_of_its_attempts() {
        let of = |asked, ready| Hints { asked, ready, ..Hints::default() };
        let quiet = Hints { quiet: true, ..Hints::default() };
        for hints in [of(false, false), of(false, true), of(true, false), of(true, true), quiet] {
            for period in 1..=3 {
                let codes: Vec<_> = (0..period)
                    .map(|_| FailureCode::ALL[rand::random_range(0..FailureCode::ALL.len())])
                    .collect();
                let mut item = item();
                let end = (0..=MOST_TRIES).find_map(|at| {
                    let code = codes[at as usize % codes.len()];
                    match fate(&Failure::new(code, ""), &item, hints) {
                        Fate::Park => Some("parked"),
                        Fate::GiveUp | Fate::Drop => Some("given up"),
                        fate @ (Fate::Retry | Fate::Hold | Fate::Wait | Fate::LookAgain) => {
                            put_off(&mut item, code, fate);
                            None
                        }
                    }
                });
                assert!(end.is_some(), "{hints:?} {codes:?}");
            }
        }
    }

    #[test]
    fn a3_a_survey_whose_time_is_over_ends_with_its_reason() {
        let (survey, hints) = (item(), Hints { over: true, ..Hints::default() });
        for code in FailureCode::ALL {
            let fate = fate(&Failure::new(*code, ""), &survey, hints);
            assert!(!matches!(fate, Fate::Retry | Fate::Park), "{code}: {fate:?}");
        }
    }

    #[test]
    fn row_39_what_nobody_asked_for_holds_up_nothing_and_needs_nobody() {
        let hints = Hints { quiet: true, ..Hints::default() };
        for code in FailureCode::ALL {
            let fate = fate(&Failure::new(*code, ""), &item(), hints);
            assert!(!matches!(fate, Fate::Hold | Fate::Park | Fate::GiveUp), "{code}: {fate:?}");
        }
    }

    #[test]
    fn pauses_are_random_and_grow_to_a_quarter_of_an_hour() {
        for attempts in 0..60 {
            let pause = full_jitter(attempts);
            let most = SignedDuration::from_secs(900.min(2_i64.saturating_pow(attempts + 1)));
            assert!(pause >= SignedDuration::from_secs(1) && pause <= most, "{attempts}: {pause}");
        }
        let many: BTreeSet<_> = (0..50).map(|_| full_jitter(20)).collect();
        assert!(many.len() > 40);
    }
}
