//! Hands the e-mail with a key to the org, which sends it and logs it on the case.

use crate::{Casebridge, failures};
use casebridge_domain::mail::{self, Mail};
use casebridge_domain::{Case, Failure, FailureCode, Recipient, SessionKey};

/// The e-mail as it would be sent: the admin's template, else the appliance's own text.
pub fn preview(casebridge: &Casebridge, case: &Case, key: &SessionKey) -> Mail {
    let settings = casebridge.settings();
    mail::compose(settings.optional("email.template"), case, key)
}

/// Hands the e-mail over. It may only go to somebody on the case (S10).
///
/// # Errors
/// The recipient is not on the case, or the org did not take it. After a broken connection the org
/// may have taken it: it is never repeated by itself.
pub async fn hand_over(
    casebridge: &Casebridge,
    case: &Case,
    key: &SessionKey,
    address: &str,
) -> Result<Recipient, Failure> {
    let mut recipients = case.recipients().into_iter();
    let recipient = recipients
        .find(|r| r.address == address)
        .ok_or_else(|| Failure::new(FailureCode::NoRecipient, String::new()))?;
    let mail = preview(casebridge, case, key);
    casebridge.org()?.email(&case.id, &recipient, &mail).await.map_err(failures::of_org)?;
    Ok(recipient)
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
