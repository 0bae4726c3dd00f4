//! Stores and removes the client secrets of appliances, for people and for scripts that roll them
//! out. A secret comes from standard input: arguments are visible to every program (S15).

use crate::answer::{self, Answer};
use crate::arguments::Secret;
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::secrets::SecretString;
use casebridge_use_cases::Casebridge;
use std::io::{self, IsTerminal, Read};

/// A longer secret is a wrong file.
const LONGEST: u64 = 4096;

pub(crate) async fn run(casebridge: &Casebridge, what: &Secret) -> Result<Answer, Failure> {
    match what {
        Secret::Set { appliance } => {
            casebridge.check_appliance(appliance)?;
            let secret = read(appliance)?;
            casebridge.save_appliance_secret(appliance, secret).await?;
            Ok(answer::of_secret(appliance, true))
        }
        Secret::Remove { appliance } => {
            casebridge.remove_appliance_secret(appliance).await?;
            Ok(answer::of_secret(appliance, false))
        }
    }
}

/// The first line of standard input. A person types it without an echo.
fn read(appliance: &str) -> Result<SecretString, Failure> {
    let unread = |e: io::Error| Failure::caused(FailureCode::SecretInvalid, e.to_string(), e);
    let stdin = io::stdin();
    let text = match stdin.is_terminal() {
        true => rpassword::prompt_password(format!("Client secret of {appliance}: ")),
        false => {
            let mut text = String::new();
            stdin.lock().take(LONGEST + 1).read_to_string(&mut text).map(|_| text)
        }
    };
    secret_in(&text.map_err(unread)?).ok_or_else(|| {
        let detail = "It must be one line with at most 4096 characters.";
        Failure::new(FailureCode::SecretInvalid, detail)
    })
}

/// A secret has no spaces and no control characters.
fn secret_in(text: &str) -> Option<SecretString> {
    let secret = text.trim();
    let is_short = u64::try_from(secret.len()).is_ok_and(|length| length <= LONGEST);
    let is_one_line = !secret.contains(|c: char| c.is_control());
    (!secret.is_empty() && is_short && is_one_line).then(|| SecretString::from(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use casebridge_platform::secrets::ExposeSecret;

    #[test]
    fn one_line_is_a_secret_and_anything_else_is_not() {
        for text in ["canary", "canary\n", "canary\r\n", "  canary\n\n"] {
            let secret = secret_in(text).unwrap();
            assert_eq!(secret.expose_secret(), "canary");
        }
        for text in ["", "\n", "two\nlines\n", "tab\tinside"] {
            assert!(secret_in(text).is_none(), "{text:?}");
        }
        assert!(secret_in(&"x".repeat(4097)).is_none());
    }
}
