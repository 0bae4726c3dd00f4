//! Proof Key for Code Exchange (RFC 7636), method S256, and the `state` of one attempt.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The secret half of the proof: 43 characters that never leave the process before the exchange.
#[derive(Debug)]
pub(crate) struct Verifier(SecretString);

impl Verifier {
    pub(crate) fn new() -> Self {
        Self(random_text().into())
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The half that goes through the browser.
    pub(crate) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.expose().as_bytes()))
    }
}

/// The random value that identifies the callback of this attempt.
#[derive(Debug)]
pub(crate) struct State(SecretString);

impl State {
    pub(crate) fn new() -> Self {
        Self(random_text().into())
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Compares in constant time.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.expose().as_bytes().ct_eq(text.as_bytes()).into()
    }
}

fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        let verifier = Verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned().into());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_verifier_has_the_allowed_length_and_alphabet_and_is_new_each_time() {
        let (one, two) = (Verifier::new(), Verifier::new());
        assert_eq!(one.expose().len(), 43);
        assert!(one.expose().bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)));
        assert_ne!(one.expose(), two.expose());
    }

    #[test]
    fn s15_neither_half_prints_its_secret() {
        let (verifier, state) = (Verifier::new(), State::new());
        assert!(!format!("{verifier:?}").contains(verifier.expose()));
        assert!(!format!("{state:?}").contains(state.expose()));
    }

    #[test]
    fn s18_only_the_exact_state_matches() {
        let state = State::new();
        let right = state.expose().to_owned();
        assert!(state.is(&right));
        assert!(!state.is(""));
        assert!(!state.is(&right.to_lowercase().to_uppercase()));
        assert!(!state.is(&format!("{right}x")));
    }
}
