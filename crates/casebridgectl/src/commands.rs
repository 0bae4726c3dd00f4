//! Runs the use case for a command and formats its result.

use crate::answer::{self, Answer};
use crate::arguments::{Command, Kind, Policy, Report};
use crate::{jump, outbox, report, secret, sessions};
use casebridge_domain::jump::Console;
use casebridge_domain::{Failure, FailureCode};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::session_key::SessionKeyRequest;
use casebridge_use_cases::typed_case::typed_case;
use casebridge_use_cases::{account, doctor, email_key, jobs, open_link, session_key};

pub(crate) async fn run(casebridge: &Casebridge, command: &Command) -> Result<Answer, Failure> {
    match command {
        Command::Doctor => {
            let tell = |outcome: &doctor::Outcome| eprintln!("{}", answer::line_of(outcome));
            let outcomes = doctor::examine(casebridge, tell).await;
            // The reader of this output has read that the store was damaged.
            if let Err(failure) = casebridge_use_cases::outbox::note_mended_seen(casebridge).await {
                tracing::warn!(code = %failure.code, "what was seen is not noted");
            }
            Ok(answer::of_checks(&outcomes))
        }
        Command::SignIn => sign_in(casebridge).await,
        Command::SignOut => sign_out(casebridge).await,
        Command::Whoami => Ok(answer::of_account(Some(&account::whoami(casebridge).await?))),
        Command::Jump(jump) => jump::run(casebridge, jump).await,
        Command::SessionKey { case, portal, appliance, kind: Kind::Console, dry_run, .. } => {
            let (portal, appliance) = (portal.as_deref(), appliance.as_deref());
            jump::key_dialog(casebridge, case, portal, appliance, Console::Desktop, *dry_run).await
        }
        Command::SessionKey { case, portal, appliance, kind: Kind::Web, dry_run, .. } => {
            let (portal, appliance) = (portal.as_deref(), appliance.as_deref());
            jump::key_dialog(casebridge, case, portal, appliance, Console::Web, *dry_run).await
        }
        Command::SessionKey { case, ttl, portal, appliance, kind: Kind::Server, .. } => {
            let mut request = SessionKeyRequest::of(typed_case(casebridge, case)?);
            request.ttl = *ttl;
            request.portal = portal.clone();
            request.appliance = appliance.clone();
            let (case, key) = session_key::make_key(casebridge, &request, |_| {}).await?;
            session_key::note_key(casebridge, &request, &case).await;
            session_key::record_key(casebridge, &request, &case, &key).await;
            Ok(answer::of_key(&case, &key))
        }
        Command::Sessions { all, appliance } => {
            sessions::list(casebridge, appliance.as_deref(), *all).await
        }
        Command::Tag { case, new: _, subject, contact, lsid, yes, appliance } => {
            let case = match case {
                Some(case) => sessions::TypedCase::Known(typed_case(casebridge, case)?),
                None => sessions::TypedCase::New {
                    subject: subject.as_deref(),
                    contact: contact.as_deref(),
                },
            };
            let (lsid, appliance) = (lsid.as_deref(), appliance.as_deref());
            sessions::tag(casebridge, &sessions::Typed { case, lsid, yes: *yes, appliance }).await
        }
        Command::EmailKey { case, short_key, appliance } => {
            let answer = email(casebridge, case, short_key, appliance.as_deref()).await;
            jobs::write_log(casebridge).await;
            answer
        }
        Command::Import { lsid, dry_run, yes, appliance } => {
            let appliance = appliance.as_deref();
            let answer = outbox::import(casebridge, lsid, appliance, *dry_run, *yes).await;
            jobs::write_log(casebridge).await;
            answer
        }
        Command::Outbox { what } => {
            let answer = outbox::run(casebridge, what).await;
            jobs::write_log(casebridge).await;
            answer
        }
        Command::Report { what: Report::Show { file } } => report::show(file),
        Command::Secret { what } => secret::run(casebridge, what).await,
        Command::Policy { what: Policy::Show } => Ok(answer::of_settings(&casebridge.settings())),
        Command::Open { link } => {
            open_link::open_link(casebridge, link).await?;
            Ok(answer::delivered())
        }
    }
}

async fn sign_in(casebridge: &Casebridge) -> Result<Answer, Failure> {
    let account = account::sign_in(casebridge, |page, hosts| {
        eprintln!("Sign in with your browser. If it does not open, go to\n{page}");
        account::open_page(page, hosts)
    });
    let account = account.await?;
    // Items that waited for the sign-in continue immediately, in the tray app too.
    if let Err(failure) = casebridge_use_cases::outbox::release(casebridge).await {
        tracing::warn!(code = %failure.code, "what was held could not be let go");
    }
    Ok(answer::of_account(Some(&account)))
}

async fn sign_out(casebridge: &Casebridge) -> Result<Answer, Failure> {
    if !account::is_signed_in(casebridge).await? {
        return Err(Failure::new(FailureCode::SignedOut, String::new()));
    }
    Ok(answer::of_account(account::sign_out(casebridge).await?.as_ref()))
}

/// Sends to the contact if they have an e-mail address, else to the requester.
async fn email(
    casebridge: &Casebridge,
    case: &str,
    short_key: &str,
    appliance: Option<&str>,
) -> Result<Answer, Failure> {
    let request = SessionKeyRequest::of(typed_case(casebridge, case)?);
    // `session-key` prints it in groups, for reading aloud.
    let short_key: String = short_key.split_whitespace().collect();
    let key = email_key::key_from_code(casebridge, appliance, &short_key)?;
    let case = session_key::read_case(casebridge, &request).await?;
    let recipients = case.recipients();
    let to = recipients.first().ok_or_else(|| email_key::no_recipient(casebridge, &case))?;
    let sent = email_key::hand_over(casebridge, appliance, &case, &key, &to.address).await?;
    Ok(answer::of_email(&sent.address))
}
