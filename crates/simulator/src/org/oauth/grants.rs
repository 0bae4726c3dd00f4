//! What was granted to whom: the rules of codes, tokens and their families, without HTTP.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::common::chance::Chance;

const CODE_SECONDS: i64 = 600;
const SESSION_SECONDS: i64 = 7_200;
const GRANTS_PER_USER: usize = 5;

/// What was granted to whom, and what of it still holds.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    codes: Vec<Code>,
    families: Vec<Family>,
    access_tokens: Vec<AccessToken>,
}

#[derive(Debug)]
struct Code {
    text: String,
    user_id: String,
    redirect_uri: String,
    challenge: String,
    scope: String,
    expires: i64,
}

/// All refresh tokens that came from one sign-in. Only the last one is good.
#[derive(Debug)]
struct Family {
    user_id: String,
    scope: String,
    refresh_tokens: Vec<String>,
    revoked: bool,
}

#[derive(Debug)]
struct AccessToken {
    text: String,
    user_id: String,
    family: usize,
    expires: i64,
}

/// What a token request yields.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) user_id: String,
    pub(super) scope: String,
}

/// A refused token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) error: &'static str,
    pub(super) description: &'static str,
}

pub(super) const fn refused(error: &'static str, description: &'static str) -> Refused {
    Refused { error, description }
}

/// What the customer of the authorize page asked for.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) user_id: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) scope: String,
}

impl Grants {
    pub(super) fn add_code(&mut self, chance: &mut Chance, now: i64, wish: Wish) -> String {
        let text = format!("aPrx{}", chance.word(60));
        self.codes.push(Code {
            text: text.clone(),
            user_id: wish.user_id,
            redirect_uri: wish.redirect_uri,
            challenge: wish.challenge,
            scope: wish.scope,
            expires: now + CODE_SECONDS,
        });
        text
    }

    /// Turns a code into tokens. A code works once, right or wrong.
    pub(super) fn redeem(
        &mut self,
        chance: &mut Chance,
        org_id: &str,
        now: i64,
        (code, redirect_uri, verifier): (&str, &str, &str),
    ) -> Result<Issued, Refused> {
        let at = self.codes.iter().position(|known| known.text == code);
        let code = at.map(|at| self.codes.remove(at)).filter(|code| code.expires > now);
        let Some(code) = code else {
            return Err(refused("invalid_grant", "expired authorization code"));
        };
        if code.redirect_uri != redirect_uri {
            return Err(refused("redirect_uri_mismatch", "redirect_uri must match configuration"));
        }
        if !verifier_fits(verifier, &code.challenge) {
            return Err(refused("invalid_grant", "invalid code verifier"));
        }
        self.families.push(Family {
            user_id: code.user_id,
            scope: code.scope,
            refresh_tokens: Vec::new(),
            revoked: false,
        });
        Ok(self.issue(chance, org_id, now, self.families.len() - 1, true))
    }

    /// Turns a refresh token into tokens. Replaying an old one revokes its whole family.
    pub(super) fn refresh(
        &mut self,
        chance: &mut Chance,
        org_id: &str,
        now: i64,
        token: &str,
        rotate: bool,
    ) -> Result<Issued, Refused> {
        const EXPIRED: Refused = refused("invalid_grant", "expired access/refresh token");
        let family = self.family_of(token).ok_or(EXPIRED)?;
        if self.families[family].revoked {
            return Err(EXPIRED);
        }
        if self.families[family].refresh_tokens.last().is_none_or(|last| last != token) {
            self.revoke_family(family);
            return Err(EXPIRED);
        }
        Ok(self.issue(chance, org_id, now, family, rotate))
    }

    fn issue(
        &mut self,
        chance: &mut Chance,
        org_id: &str,
        now: i64,
        family: usize,
        rotate: bool,
    ) -> Issued {
        let refresh_token = rotate.then(|| format!("5Aep861{}", chance.word(60)));
        self.families[family].refresh_tokens.extend(refresh_token.clone());
        let Family { user_id, scope, .. } = &self.families[family];
        let head: String = org_id.chars().take(15).collect();
        let access_token = format!("{head}!AQ{}.{}", chance.word(40), chance.word(40));
        self.access_tokens.push(AccessToken {
            text: access_token.clone(),
            user_id: user_id.clone(),
            family,
            expires: now + SESSION_SECONDS,
        });
        Issued { access_token, refresh_token, user_id: user_id.clone(), scope: scope.clone() }
    }

    /// Drops the oldest grants of a user until there is room for one more.
    pub(super) fn make_room(&mut self, user_id: &str) {
        let live: Vec<usize> = (0..self.families.len())
            .filter(|at| !self.families[*at].revoked && self.families[*at].user_id == user_id)
            .collect();
        let surplus = (live.len() + 1).saturating_sub(GRANTS_PER_USER);
        for family in live.into_iter().take(surplus) {
            self.revoke_family(family);
        }
    }

    fn family_of(&self, refresh_token: &str) -> Option<usize> {
        self.families
            .iter()
            .position(|family| family.refresh_tokens.iter().any(|token| token == refresh_token))
    }

    fn revoke_family(&mut self, family: usize) {
        self.families[family].revoked = true;
        self.access_tokens.retain(|token| token.family != family);
    }

    /// Revokes a refresh token with its access tokens, or an access token alone.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        if let Some(family) = self.family_of(token).filter(|at| !self.families[*at].revoked) {
            self.revoke_family(family);
            return true;
        }
        let before = self.access_tokens.len();
        self.access_tokens.retain(|known| known.text != token);
        self.access_tokens.len() < before
    }

    /// The user of an access token that still holds.
    pub(crate) fn user_of(&self, token: &str, now: i64) -> Option<String> {
        self.access_tokens
            .iter()
            .find(|known| known.text == token && known.expires > now)
            .map(|known| known.user_id.clone())
    }

    /// Ends every session; refresh tokens stay good.
    pub(crate) fn expire_access_tokens(&mut self) {
        self.access_tokens.clear();
    }

    /// Ends every grant.
    pub(crate) fn revoke_all(&mut self) {
        for family in 0..self.families.len() {
            self.revoke_family(family);
        }
    }

    /// How many access tokens and grants hold.
    pub(crate) fn counts(&self, now: i64) -> (usize, usize) {
        let tokens = self.access_tokens.iter().filter(|token| token.expires > now).count();
        (tokens, self.families.iter().filter(|family| !family.revoked).count())
    }
}

/// Whether the S256 challenge was made from this verifier.
fn verifier_fits(verifier: &str, challenge: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(allowed)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLBACK: &str = "http://localhost:17171/OauthRedirect";
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    /// The pair is the example of RFC 7636.
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const ORG: &str = "00DHs00000abcdeMAA";

    struct Fixture {
        grants: Grants,
        chance: Chance,
    }

    impl Fixture {
        fn new() -> Self {
            Self { grants: Grants::default(), chance: Chance::new(7, 2) }
        }

        fn code(&mut self) -> String {
            let wish = Wish {
                user_id: "005Hs00000abcdeMAA".to_owned(),
                redirect_uri: CALLBACK.to_owned(),
                challenge: CHALLENGE.to_owned(),
                scope: "api refresh_token".to_owned(),
            };
            self.grants.add_code(&mut self.chance, 0, wish)
        }

        fn redeem(
            &mut self,
            code: &str,
            callback: &str,
            verifier: &str,
        ) -> Result<Issued, Refused> {
            self.grants.redeem(&mut self.chance, ORG, 1, (code, callback, verifier))
        }

        fn sign_in(&mut self) -> Issued {
            let code = self.code();
            self.redeem(&code, CALLBACK, VERIFIER).unwrap()
        }

        fn refresh(&mut self, token: Option<&String>) -> Result<Issued, Refused> {
            self.grants.refresh(&mut self.chance, ORG, 1, token.unwrap(), true)
        }
    }

    #[test]
    fn the_verifier_must_fit_the_challenge() {
        assert!(verifier_fits(VERIFIER, CHALLENGE));
        assert!(!verifier_fits(&VERIFIER.to_lowercase(), CHALLENGE));
        assert!(!verifier_fits("", CHALLENGE));
        let short = "too-short";
        assert!(!verifier_fits(short, &URL_SAFE_NO_PAD.encode(Sha256::digest(short))));
    }

    #[test]
    fn a_code_works_once_with_its_own_callback_and_verifier() {
        let mut fixture = Fixture::new();
        let code = fixture.code();
        assert!(fixture.redeem(&code, CALLBACK, VERIFIER).is_ok());
        assert_eq!(fixture.redeem(&code, CALLBACK, VERIFIER).unwrap_err().error, "invalid_grant");

        let code = fixture.code();
        let other = "http://127.0.0.1:17171/OauthRedirect";
        let refusal = fixture.redeem(&code, other, VERIFIER).unwrap_err();
        assert_eq!(refusal.error, "redirect_uri_mismatch");

        let code = fixture.code();
        let refusal = fixture.redeem(&code, CALLBACK, &"x".repeat(43)).unwrap_err();
        assert_eq!(refusal.description, "invalid code verifier");
        assert!(fixture.redeem(&code, CALLBACK, VERIFIER).is_err());
    }

    #[test]
    fn a_code_expires() {
        let mut fixture = Fixture::new();
        let code = fixture.code();
        let late = fixture.grants.redeem(
            &mut fixture.chance,
            ORG,
            CODE_SECONDS,
            (&code, CALLBACK, VERIFIER),
        );
        assert_eq!(late.unwrap_err().description, "expired authorization code");
    }

    #[test]
    fn each_refresh_rotates_the_token_and_keeps_the_session() {
        let mut fixture = Fixture::new();
        let first = fixture.sign_in();
        let second = fixture.refresh(first.refresh_token.as_ref()).unwrap();
        assert_ne!(first.refresh_token, second.refresh_token);
        assert!(fixture.grants.user_of(&first.access_token, 2).is_some());
        assert!(fixture.refresh(second.refresh_token.as_ref()).is_ok());
    }

    #[test]
    fn replaying_an_old_refresh_token_revokes_the_family_and_no_other() {
        let mut fixture = Fixture::new();
        let other = fixture.sign_in();
        let first = fixture.sign_in();
        let second = fixture.refresh(first.refresh_token.as_ref()).unwrap();
        assert_eq!(
            fixture.refresh(first.refresh_token.as_ref()).unwrap_err().error,
            "invalid_grant"
        );
        assert!(fixture.refresh(second.refresh_token.as_ref()).is_err());
        assert!(fixture.grants.user_of(&second.access_token, 2).is_none());
        assert!(fixture.grants.user_of(&other.access_token, 2).is_some());
        assert!(fixture.refresh(other.refresh_token.as_ref()).is_ok());
    }

    #[test]
    fn without_rotation_the_old_token_stays_good() {
        let mut fixture = Fixture::new();
        let first = fixture.sign_in();
        let token = first.refresh_token.unwrap();
        for _ in 0..2 {
            let again = fixture.grants.refresh(&mut fixture.chance, ORG, 1, &token, false).unwrap();
            assert!(again.refresh_token.is_none());
        }
    }

    #[test]
    fn revoking_a_refresh_token_ends_its_access_tokens() {
        let mut fixture = Fixture::new();
        let issued = fixture.sign_in();
        assert!(fixture.grants.revoke(issued.refresh_token.as_ref().unwrap()));
        assert!(fixture.grants.user_of(&issued.access_token, 2).is_none());
        assert!(!fixture.grants.revoke("unknown"));
    }

    #[test]
    fn access_tokens_expire() {
        let mut fixture = Fixture::new();
        let issued = fixture.sign_in();
        assert!(fixture.grants.user_of(&issued.access_token, SESSION_SECONDS).is_some());
        assert!(fixture.grants.user_of(&issued.access_token, SESSION_SECONDS + 1).is_none());
    }

    #[test]
    fn a_sixth_grant_drops_the_oldest() {
        let mut fixture = Fixture::new();
        let first = fixture.sign_in();
        for _ in 0..5 {
            fixture.grants.make_room(&first.user_id);
            fixture.sign_in();
        }
        assert_eq!(fixture.grants.counts(1).1, 5);
        assert!(fixture.refresh(first.refresh_token.as_ref()).is_err());
    }
}
