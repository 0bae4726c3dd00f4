//! Hands the e-mail with a key to the org, which sends it and logs it on the case.

use crate::use_cases::outbox::{self, Attempt};
use crate::use_cases::{with_owned_store, with_store};
use crate::{Casebridge, failures};
use casebridge_domain::mail::{self, Mail};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{Case, CaseId, Failure, FailureCode, Recipient, RecipientRole, SessionKey};
use casebridge_salesforce::Org;
use casebridge_store::{Item, Kind, NewItem, State};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// So far apart clocks may be.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// The e-mail as it would be sent: the admin's template, else the appliance's own text.
pub fn preview(casebridge: &Casebridge, case: &Case, key: &SessionKey) -> Mail {
    let settings = casebridge.settings();
    mail::compose(settings.optional("email.template"), case, key)
}

/// The fields with addresses that the user may not see, as far as that is known.
pub fn hidden_addresses(casebridge: &Casebridge) -> Vec<String> {
    let hidden = casebridge.org().map(|org| org.hidden_fields()).unwrap_or_default();
    hidden.into_iter().filter(|name| name.ends_with("Email")).collect()
}

/// A case with nobody to write to, and why as far as that is known.
pub fn no_recipient(casebridge: &Casebridge, case: &Case) -> Failure {
    let hidden = hidden_addresses(casebridge);
    let why = match hidden.is_empty() {
        true => String::new(),
        false => format!(": {} is hidden from you", hidden.join(", ")),
    };
    Failure::new(FailureCode::NoRecipient, format!("{}{why}", case.number))
}

/// Hands the e-mail over. It may only go to somebody on the case (S10). It is an item of the outbox
/// before it is sent; where the org cannot be reached it waits there.
///
/// # Errors
/// The recipient is not on the case, or the org has not taken it yet. After a broken connection the
/// org may have taken it: the case tells, or else a person decides.
pub async fn hand_over(
    casebridge: &Casebridge,
    case: &Case,
    key: &SessionKey,
    address: &str,
) -> Result<Recipient, Failure> {
    let mut recipients = case.recipients().into_iter();
    let recipient =
        recipients.find(|r| r.address == address).ok_or_else(|| no_recipient(casebridge, case))?;
    let mail = preview(casebridge, case, key);
    let payload = EmailPayload {
        case: case.id.to_string(),
        address: recipient.address.clone(),
        mark: mark(key, &mail.body),
        subject: mail.subject,
        body: mail.body,
        expires_at: key.expires_at,
        ends_at: key.expires_at.and_then(|at| at.checked_add(key.clock_ahead?).ok()),
        tried_at: None,
    };
    let subject = subject(key, address);
    let title = format!("E-mail to {address}");
    let (case_id, case_number, now) = (case.id.to_string(), case.number.clone(), casebridge.now());
    let id = with_owned_store(casebridge, move |store| {
        let item = NewItem {
            kind: Kind::Email,
            subject: &subject,
            appliance: DEFAULT_APPLIANCE,
            case_id: &case_id,
            case_number: &case_number,
            title: &title,
            payload: &serde_json::to_string(&payload).unwrap_or_default(),
        };
        store.enqueue(&item, now, now)
    })
    .await?;
    match outbox::work_on(casebridge, id).await? {
        Attempt::Done(_) => Ok(recipient),
        Attempt::Gone(item) => match item {
            Some(item) if item.state == State::Done => Ok(recipient),
            Some(item) => Err(outbox::failure_of(&item)),
            None => Err(Failure::new(FailureCode::OutboxItemUnknown, String::new())),
        },
        Attempt::Parked(failure) | Attempt::Dropped(failure) => Err(failure),
        Attempt::Later(failure) => {
            let detail = format!("{} It is sent as soon as that is possible.", failure.detail);
            Err(Failure { detail: detail.trim().to_owned(), ..failure })
        }
    }
}

fn mark(key: &SessionKey, body: &str) -> String {
    let marks = [key.key_url.clone(), key.short_key.clone(), key.grouped()];
    marks.into_iter().find(|mark| body.contains(mark.as_str())).unwrap_or_default()
}

/// By what the outbox tells e-mails apart.
pub(crate) fn subject(key: &SessionKey, address: &str) -> String {
    format!("{}:{address}", key.short_key)
}

/// An e-mail that waits to be handed over.
#[derive(Debug, Serialize, Deserialize)]
struct EmailPayload {
    case: String,
    address: String,
    subject: String,
    body: String,
    /// What of the key is in the body, and so in no other e-mail.
    mark: String,
    /// When the key in it counts no more, by our clock.
    expires_at: Option<Timestamp>,
    /// The same by the appliance's clock, where that is known.
    #[serde(default)]
    ends_at: Option<Timestamp>,
    /// When it was sent without an answer: the org may have taken it.
    tried_at: Option<Timestamp>,
}

/// Sends the e-mail of an item. What may have been taken is looked for on the case and never sent
/// again by itself.
pub(super) async fn send(casebridge: &Casebridge, item: &Item) -> Result<String, Failure> {
    let broken = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    let mut payload: EmailPayload = serde_json::from_str(&item.payload).map_err(broken)?;
    let case: CaseId = payload
        .case
        .parse()
        .map_err(|e| Failure::caused(FailureCode::CaseReferenceInvalid, payload.case.clone(), e))?;
    let org = casebridge.org()?;
    if let Some(tried) = payload.tried_at {
        return look_for(casebridge, item.id, &org, &case, payload, tried).await;
    }
    if payload.expires_at.is_some_and(|end| end <= casebridge.now())
        && is_over(&org, payload.ends_at).await
    {
        return Err(Failure::new(FailureCode::EmailTooLate, String::new()));
    }
    let now = org.time().unwrap_or_else(|| casebridge.now());
    payload.tried_at = Some(now);
    remember(casebridge, item.id, &payload).await?;
    let to = Recipient {
        role: RecipientRole::Contact,
        contact_id: None,
        name: String::new(),
        address: payload.address.clone(),
    };
    let mail = Mail { subject: payload.subject.clone(), body: payload.body.clone() };
    let Err(error) = org.email(&case, &to, &mail).await else {
        return Ok("handed to Salesforce".to_owned());
    };
    if !error.may_have_happened() {
        payload.tried_at = None;
        remember(casebridge, item.id, &payload).await?;
        return Err(failures::of_org(error));
    }
    look_for(casebridge, item.id, &org, &case, payload, now).await
}

/// Our clock may have been set since the key was made, so the org's is asked before an e-mail is given
/// up.
async fn is_over(org: &Org, ends_at: Option<Timestamp>) -> bool {
    let Some(end) = ends_at else { return true };
    if let Err(error) = org.probe().await {
        tracing::warn!(%error, "the org does not tell what time it is");
    }
    org.time().is_none_or(|now| end <= now)
}

/// The case shows an e-mail that the org took.
async fn look_for(
    casebridge: &Casebridge,
    id: u32,
    org: &Org,
    case: &CaseId,
    mut payload: EmailPayload,
    tried: Timestamp,
) -> Result<String, Failure> {
    // The org's clock may be behind.
    let since = tried.checked_sub(CLOCKS).unwrap_or(tried);
    let found = org.has_email(case, &payload.address, &payload.subject, &payload.mark, since).await;
    if found.map_err(failures::of_org)? {
        return Ok("handed to Salesforce".to_owned());
    }
    payload.tried_at = None;
    remember(casebridge, id, &payload).await?;
    Err(Failure::new(FailureCode::EmailUncertain, String::new()))
}

async fn remember(casebridge: &Casebridge, id: u32, payload: &EmailPayload) -> Result<(), Failure> {
    let payload = serde_json::to_string(payload).unwrap_or_default();
    with_store(casebridge, move |store| store.set_payload(id, &payload)).await
}

/// A key of which only the code is known, with the address that starts a session from a code
/// (`reference/beyondtrust.md` section 4).
///
/// # Errors
/// The code has a form that no key has, or the appliance is not set up.
pub fn key_from_code(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    short_key: &str,
) -> Result<SessionKey, Failure> {
    let plain = short_key.bytes().all(|b| b.is_ascii_alphanumeric());
    if short_key.is_empty() || short_key.len() > 32 || !plain {
        return Err(Failure::new(FailureCode::KeyUnknown, "A key has letters and digits only."));
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
