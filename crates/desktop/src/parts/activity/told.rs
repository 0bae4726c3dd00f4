//! What is told of the outbox in notifications.

use super::{Activity, Cx};
use crate::request::Request;
use crate::shell::{NAME, Notice, one_line};
use crate::texts;
use casebridge_domain::{Failure, FailureCode};
use casebridge_store::{Item, Kind, Mended};
use casebridge_use_cases::import::Imported;
use casebridge_use_cases::jobs::Finished;
use casebridge_use_cases::outbox::Attempt;

impl Activity {
    /// An attempt has ended; whoever waits for it hears of it.
    pub(super) fn worked(
        item: &Item,
        result: &Result<Attempt<Finished>, Failure>,
        cx: &mut Cx<'_>,
    ) {
        match result {
            Ok(Attempt::Done(Finished::Session(imported))) => cx.notify(session(item, imported)),
            Ok(Attempt::Done(Finished::Email)) => cx.ask(Request::EmailWent(item.subject.clone())),
            Ok(Attempt::Parked(failure)) => {
                let view = cx.report(failure);
                let title = match item.kind {
                    Kind::Import | Kind::Survey => texts::parked_import(),
                    Kind::Email => texts::parked_email(),
                    Kind::Key | Kind::Jump | Kind::Tag | Kind::Log | Kind::KeyEnd => {
                        texts::parked_other()
                    }
                };
                let body = texts::see_activity(view.title);
                cx.notify(Notice { title, body, ..Notice::default() });
            }
            Ok(Attempt::Later(failure)) => {
                if failure.code == FailureCode::OtherSignIn {
                    cx.ask(Request::OwnerChanged);
                }
                cx.ask(Request::SignInMet(Some(failure.code)));
            }
            Ok(
                Attempt::Done(Finished::Surveys | Finished::Key(_) | Finished::Upkeep)
                | Attempt::LooksAgain
                | Attempt::Dropped(_)
                | Attempt::Gone(_),
            ) => {}
            Err(failure) => drop(cx.report(failure)),
        }
    }

    /// The store was damaged.
    pub(super) fn mended(mended: &Mended) -> Notice {
        Notice {
            title: FailureCode::StoreMended.text().title.to_owned(),
            body: match mended.carried {
                0 => texts::store_empty(),
                count => texts::store_carried(count),
            },
            ..Notice::default()
        }
    }

    /// Nothing goes to the org. The window and the tray ask for a sign-in already.
    pub(super) fn held(code: FailureCode) -> Option<Notice> {
        let asks_for_sign_in = matches!(
            code,
            FailureCode::SignedOut | FailureCode::SignInAgain | FailureCode::SignInLost
        );
        (!asks_for_sign_in).then(|| Notice {
            title: texts::held_title(),
            body: texts::held(code.text().title, code.text().next_step),
            ..Notice::default()
        })
    }
}

fn session(item: &Item, imported: &Imported) -> Notice {
    let records: usize = imported.records.values().sum();
    let number = imported.case.as_ref().and_then(|case| case.number.as_deref());
    let name = one_line(imported.customer.as_deref().unwrap_or(&item.title), NAME);
    let what = match name.is_empty() {
        true => texts::imported(records),
        false => texts::imported_of(name, records),
    };
    let body = match number {
        Some(number) => texts::imported_on(what, number),
        None => what,
    };
    Notice { title: texts::imported_title(), body, ..Notice::default() }
}
