//! Maps the errors of the clients to failures for people: one function for each client.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parts' errors may grow; what is not named here has the part's general code"
)]

use casebridge_beyondtrust::{Appliance, Error as ApplianceError, MessageKind, ReadError};
use casebridge_domain::{Failure, FailureCode, IdError};
use casebridge_platform::ProfileError;
use casebridge_platform::browser::BrowserError;
use casebridge_platform::instance::ChannelError;
use casebridge_platform::secrets::SecretError;
use casebridge_salesforce::{Class, Error as OrgError, RowFailure};
use casebridge_store::{Mended, StoreError};
use casebridge_transport::TransportError;
use std::io::ErrorKind;

/// The failure code of a transport error, for appliance and org alike.
pub(crate) fn transport_code(error: &TransportError) -> FailureCode {
    match error {
        TransportError::Resolve => FailureCode::HostNotFound,
        TransportError::Connect { .. } => FailureCode::SiteUnreachable,
        TransportError::Timeout => FailureCode::TimedOut,
        TransportError::Tls { .. } => FailureCode::CertificateNotTrusted,
        TransportError::Proxy { status: Some(407) } => FailureCode::ProxyRefused,
        TransportError::Proxy { .. } | TransportError::BadProxy => FailureCode::ProxyUnusable,
        TransportError::BadCaFile { .. } => FailureCode::CaFileInvalid,
        TransportError::Interrupted | TransportError::CutOff => FailureCode::AnswerCutOff,
        TransportError::TooLarge { .. } => FailureCode::AnswerNotUnderstood,
        _ => FailureCode::SiteUnreachable,
    }
}

/// An error of the appliance. `site` is its host, for people.
pub(crate) fn of_appliance(site: &str, error: ApplianceError) -> Failure {
    let code = appliance_code(&error);
    let detail = match code {
        // The title says it already.
        FailureCode::ApplianceSecretWrong => site.to_owned(),
        _ => format!("{site}: {error}"),
    };
    Failure::caused(code, detail, error)
}

/// An error of this appliance.
pub(crate) fn of_site(appliance: &Appliance, error: ApplianceError) -> Failure {
    of_appliance(appliance.site().authority(), error)
}

/// An error while reading a report. `site` is its source, for people.
pub(crate) fn of_report(site: &str, error: ReadError) -> Failure {
    match error {
        ReadError::Report(error) => of_appliance(site, error),
        ReadError::Disk(error) => of_disk(error),
    }
}

/// An error while writing to the disk.
pub(crate) fn of_disk(error: std::io::Error) -> Failure {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => FailureCode::DiskFull,
        _ => FailureCode::DiskUnusable,
    };
    Failure::caused(code, error.to_string(), error)
}

fn appliance_code(error: &ApplianceError) -> FailureCode {
    match error {
        ApplianceError::Transport(error) => transport_code(error),
        ApplianceError::BadHostname | ApplianceError::InvalidParameter(_) => {
            FailureCode::SettingsInvalid
        }
        ApplianceError::BadCredentials => FailureCode::ApplianceSecretWrong,
        ApplianceError::Unauthorized | ApplianceError::Forbidden => {
            FailureCode::EndpointUnauthorized
        }
        ApplianceError::RateLimited { .. } => FailureCode::RateLimited,
        ApplianceError::Html | ApplianceError::Status(301..=399 | 511) => FailureCode::NetworkPage,
        ApplianceError::Status(500..) => FailureCode::ServerError,
        ApplianceError::Message { kind, .. } => message_code(*kind),
        ApplianceError::CutOff => FailureCode::AnswerCutOff,
        _ => FailureCode::AnswerNotUnderstood,
    }
}

fn message_code(kind: MessageKind) -> FailureCode {
    match kind {
        MessageKind::RepresentativeNotFound => FailureCode::RepresentativeNotFound,
        MessageKind::RepresentativeNotAvailable => FailureCode::RepresentativeNotAvailable,
        MessageKind::PermissionDenied => FailureCode::EndpointUnauthorized,
        MessageKind::SessionNotFound => FailureCode::SessionNotActive,
        MessageKind::NothingFound => FailureCode::NothingFound,
        _ => FailureCode::ApplianceRefused,
    }
}

/// An error of the org.
pub(crate) fn of_org(error: OrgError) -> Failure {
    let store = match &error {
        OrgError::Store(store) => store.downcast_ref::<SecretError>().map(of_secret_ref),
        _ => None,
    };
    if let Some((code, detail)) = store {
        return Failure::caused(code, detail, error);
    }
    let code = org_code(&error);
    let detail = match &error {
        OrgError::Transport(transport) => format!("Salesforce: {transport}"),
        OrgError::NotSignedIn | OrgError::Denied | OrgError::NotFound | OrgError::SignInLost => {
            String::new()
        }
        other => other.to_string(),
    };
    Failure::caused(code, detail, error)
}

fn org_code(error: &OrgError) -> FailureCode {
    match error {
        OrgError::Transport(error) => transport_code(error),
        OrgError::NotSignedIn => FailureCode::SignedOut,
        OrgError::SignInAgain { .. } => FailureCode::SignInAgain,
        OrgError::SignInLost => FailureCode::SignInLost,
        OrgError::OtherUser => FailureCode::OtherSignIn,
        OrgError::BadClient { .. }
        | OrgError::NotApproved { .. }
        | OrgError::AppNotInstalled
        | OrgError::SignInRefused { .. } => FailureCode::OrgAppNotAllowed,
        OrgError::Denied | OrgError::Superseded => FailureCode::SignInDenied,
        OrgError::TimedOutSignIn => FailureCode::SignInTimedOut,
        OrgError::PortsBusy => FailureCode::SignInPortsBusy,
        OrgError::LoginUrl(_) => FailureCode::SettingsInvalid,
        OrgError::Redirected { is_org: true, .. } => FailureCode::OrgMoved,
        OrgError::Redirected { .. } => FailureCode::NetworkPage,
        OrgError::ForeignInstance { .. } | OrgError::Moved => FailureCode::OrgHostForeign,
        OrgError::ApiDisabled => FailureCode::OrgApiDisabled,
        OrgError::LimitExceeded { .. } => FailureCode::OrgLimit,
        OrgError::OrgWide { code, .. } => org_wide(code),
        OrgError::AsksAgain { .. } => FailureCode::OrgAsksAgain,
        OrgError::SignInBusy { .. } => FailureCode::SignInBusy,
        OrgError::Busy { status: 400 } => FailureCode::OrgBusy,
        OrgError::Busy { .. } => FailureCode::ServerError,
        OrgError::NotFound => FailureCode::CaseNotFound,
        OrgError::InvalidField { .. } => FailureCode::OrgMetadata,
        OrgError::Html { status: 511 } | OrgError::Unexpected { status: 301..=399 | 511, .. } => {
            FailureCode::NetworkPage
        }
        OrgError::Html { status: 429 | 500.. } => FailureCode::ServerError,
        OrgError::Html { .. } => FailureCode::NetworkPage,
        OrgError::EmailRefused { .. } => FailureCode::EmailRefused,
        OrgError::Store(_) => FailureCode::KeyringUnavailable,
        error if error.passes() => FailureCode::OrgBusy,
        _ => FailureCode::OrgRefused,
    }
}

/// Why nothing can be written to the org.
fn org_wide(code: &str) -> FailureCode {
    match code {
        code if code.contains("STORAGE") => FailureCode::OrgFull,
        code if code.contains("REQUEST_LIMIT") => FailureCode::OrgLimit,
        _ => FailureCode::OrgReadOnly,
    }
}

/// Rows that the org refused: the first one and the total count.
pub(crate) fn of_rows(first: &RowFailure, count: usize) -> Failure {
    let code = match first.code.as_str() {
        _ if first.passes() => FailureCode::OrgBusy,
        code if first.class() == Class::OrgWide => org_wide(code),
        _ if first.class() == Class::AFewTimes => FailureCode::OrgAsksAgain,
        "INVALID_CROSS_REFERENCE_KEY" | "ENTITY_IS_DELETED" | "NOT_FOUND" => {
            FailureCode::CaseNotFound
        }
        "INVALID_FIELD" | "INVALID_TYPE" | "INVALID_FIELD_FOR_INSERT_UPDATE" => {
            FailureCode::OrgMetadata
        }
        _ => FailureCode::OrgRefused,
    };
    let RowFailure { object, key, code: word, message } = first;
    let more = if count > 1 { format!(" ({count} rows in total)") } else { String::new() };
    Failure::new(code, format!("{object} {key}: {word} {message}{more}"))
}

/// An error of the keyring or credentials file.
pub(crate) fn of_secret(error: SecretError) -> Failure {
    let (code, detail) = of_secret_ref(&error);
    Failure::caused(code, detail, error)
}

/// The keyring's own messages go to the log only.
fn of_secret_ref(error: &SecretError) -> (FailureCode, String) {
    let detail = match error {
        SecretError::FileRefused(_) => {
            return (FailureCode::CredentialsFileRefused, error.to_string());
        }
        SecretError::Full(_) => return (FailureCode::DiskFull, error.to_string()),
        SecretError::Unavailable(_) => "No keyring is running.",
        SecretError::Locked(_) => "The keyring is locked.",
        SecretError::TimedOut(_) => "The keyring did not answer. It may be waiting to be unlocked.",
        SecretError::RoundTrip => "The keyring did not return what was stored in it.",
        _ => "The keyring failed.",
    };
    (FailureCode::KeyringUnavailable, detail.to_owned())
}

/// An error with the profile's folders.
pub(crate) fn of_profile(error: ProfileError) -> Failure {
    Failure::caused(FailureCode::SettingsNotSaved, error.to_string(), error)
}

/// An error of the store.
pub(crate) fn of_store(error: StoreError) -> Failure {
    let code = match error {
        StoreError::Nobody => FailureCode::SignedOut,
        StoreError::Newer => FailureCode::StoreNewer,
        _ if error.is_full() => FailureCode::DiskFull,
        _ if error.is_read_only() => FailureCode::StoreReadOnly,
        _ => FailureCode::StoreUnusable,
    };
    Failure::caused(code, error.to_string(), error)
}

/// A repaired store, with the number of records that could be read.
pub(crate) fn of_mended(mended: &Mended) -> Failure {
    let rest = match mended.carried {
        0 => "No records could be read.".to_owned(),
        count => format!("{count} records could be read and restored."),
    };
    Failure::new(FailureCode::StoreMended, format!("{rest} The damaged file is {}.", mended.aside))
}

/// An error while opening a page.
pub(crate) fn of_browser(error: BrowserError) -> Failure {
    Failure::caused(FailureCode::BrowserNotOpened, error.to_string(), error)
}

/// An error while delivering a link.
pub(crate) fn of_channel(error: ChannelError) -> Failure {
    let code = match &error {
        ChannelError::MessageInvalid | ChannelError::Refused => FailureCode::LinkRefused,
        _ => FailureCode::AppNotRunning,
    };
    Failure::caused(code, error.to_string(), error)
}

/// A text that is not a case.
pub(crate) fn of_reference(error: IdError) -> Failure {
    Failure::caused(FailureCode::CaseReferenceInvalid, String::new(), error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    #[test]
    fn what_no_test_can_wait_for_has_its_code() {
        assert_eq!(transport_code(&TransportError::Timeout), FailureCode::TimedOut);
        assert_eq!(of_org(OrgError::TimedOutSignIn).code, FailureCode::SignInTimedOut);
        assert_eq!(of_org(OrgError::Denied).code, FailureCode::SignInDenied);
        let disk = of_disk(Error::from(ErrorKind::PermissionDenied));
        assert_eq!(disk.code, FailureCode::DiskUnusable);
        let locked = of_secret(SecretError::Locked(String::new()));
        assert_eq!(locked.code, FailureCode::KeyringUnavailable);
    }

    #[test]
    fn c5_what_is_no_damage_of_the_store_is_told_apart() {
        for (error, code) in [
            (StoreError::Newer, FailureCode::StoreNewer),
            (Error::from(ErrorKind::StorageFull).into(), FailureCode::DiskFull),
            (Error::from(ErrorKind::ReadOnlyFilesystem).into(), FailureCode::StoreReadOnly),
            (Error::from(ErrorKind::PermissionDenied).into(), FailureCode::StoreReadOnly),
            (Error::from(ErrorKind::NotFound).into(), FailureCode::StoreUnusable),
        ] {
            assert!(!error.is_damage(), "{error}");
            assert_eq!(of_store(error).code, code);
        }
    }
}
