//! Sends the e-mail with a key through the org, which logs it on the case.

use crate::jobs::{self, email::Email};
use crate::outbox::{self, Attempt};
use crate::{Casebridge, with_owned_store};
use casebridge_domain::mail::{self, Mail};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, setting};
use casebridge_domain::{Case, Failure, FailureCode, Recipient, SessionKey};
use casebridge_store::{Kind, NewItem, State};

/// The e-mail as it would be sent: from the administrator's template, else from the appliance's
/// text.
pub fn preview(casebridge: &Casebridge, case: &Case, key: &SessionKey) -> Mail {
    let settings = casebridge.settings();
    mail::compose(settings.get(&setting::EMAIL_TEMPLATE).as_deref(), case, key)
}

/// The e-mail fields that the user can't see, as far as known.
pub fn hidden_addresses(casebridge: &Casebridge) -> Vec<String> {
    let hidden = casebridge.org().map(|org| org.hidden_fields()).unwrap_or_default();
    hidden.into_iter().filter(|name| name.ends_with("Email")).collect()
}

/// The failure for a case without a recipient, with the reason if known.
pub fn no_recipient(casebridge: &Casebridge, case: &Case) -> Failure {
    let hidden = hidden_addresses(casebridge);
    let why = match hidden.is_empty() {
        true => String::new(),
        false => format!(": you can't see {}", hidden.join(", ")),
    };
    Failure::new(FailureCode::NoRecipient, format!("{}{why}", case.number))
}

/// Hands the e-mail to the org. Only people on the case may receive it (S10). It is first stored in
/// the outbox, and waits there while the org can't be reached.
///
/// # Errors
/// The recipient is not on the case, or the org has not accepted the e-mail yet. After a broken
/// connection, the org may have accepted it: the e-mails on the case show that, or else a person
/// decides.
pub async fn hand_over(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    case: &Case,
    key: &SessionKey,
    address: &str,
) -> Result<Recipient, Failure> {
    let mut recipients = case.recipients().into_iter();
    let recipient =
        recipients.find(|r| r.address == address).ok_or_else(|| no_recipient(casebridge, case))?;
    let mail = preview(casebridge, case, key);
    let payload = Email {
        case: case.id.to_string(),
        address: recipient.address.clone(),
        mark: mark(key, &mail.body),
        subject: mail.subject,
        body: mail.body,
        expires_at: key.expires_at,
        ends_at: key.expires_at.and_then(|at| at.checked_add(key.clock_ahead?).ok()),
        tried_at: None,
    };
    let appliance = appliance.unwrap_or(DEFAULT_APPLIANCE).to_owned();
    let subject = subject(key, address);
    let title = format!("E-mail to {address}");
    let (case_id, case_number, now) = (case.id.to_string(), case.number.clone(), casebridge.now());
    let id = with_owned_store(casebridge, move |store| {
        let item = NewItem {
            kind: Kind::Email,
            subject: &subject,
            appliance: &appliance,
            case_id: &case_id,
            case_number: &case_number,
            title: &title,
            payload: &jobs::write(&payload),
        };
        store.enqueue(&item, now, now)
    })
    .await?;
    match jobs::work_on(casebridge, id).await? {
        Attempt::Done(_) | Attempt::LooksAgain => Ok(recipient),
        Attempt::Gone(item) => match item {
            Some(item) if item.state == State::Done => Ok(recipient),
            Some(item) => Err(outbox::failure_of(&item)),
            None => Err(Failure::new(FailureCode::OutboxItemUnknown, String::new())),
        },
        Attempt::Parked(failure) | Attempt::Dropped(failure) => Err(failure),
        Attempt::Later(failure) => {
            let detail = format!("{} Casebridge sends it as soon as possible.", failure.detail);
            Err(Failure { detail: detail.trim().to_owned(), ..failure })
        }
    }
}

fn mark(key: &SessionKey, body: &str) -> String {
    let marks = [key.key_url.clone(), key.short_key.clone(), key.grouped()];
    marks.into_iter().find(|mark| body.contains(mark.as_str())).unwrap_or_default()
}

/// The outbox subject, which identifies an e-mail.
pub fn subject(key: &SessionKey, address: &str) -> String {
    format!("{}:{address}", key.short_key)
}

/// Creates a key from its code alone, with the URL that starts a session from a code
/// (`docs/protocols/beyondtrust.md#session-generation-api`).
///
/// # Errors
/// The code is not valid, or the appliance is not set up.
pub fn key_from_code(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    short_key: &str,
) -> Result<SessionKey, Failure> {
    let plain = short_key.bytes().all(|b| b.is_ascii_alphanumeric());
    if short_key.is_empty() || short_key.len() > 32 || !plain {
        return Err(Failure::new(
            FailureCode::KeyUnknown,
            "A session key has only letters and digits.",
        ));
    }
    let mut url = casebridge.site(appliance)?;
    url.set_path("/api/start_session");
    url.query_pairs_mut().append_pair("short_key", short_key);
    Ok(SessionKey {
        short_key: short_key.to_owned(),
        key_url: url.into(),
        expires_at: None,
        queue_available: None,
        external_key: None,
        mail_subject: None,
        mail_body: None,
        clock_ahead: None,
    })
}
