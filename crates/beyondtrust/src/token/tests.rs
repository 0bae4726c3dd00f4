//! One log-in for many calls, and one more after a refusal.

use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::ExposeSecret;

use super::*;
use crate::answer::tests::{bytes, fixture};

fn json(status: u16, body: &str) -> Response {
    bytes(status, "application/json", body.as_bytes())
}

fn grant(name: &str, seconds: u64) -> Grant {
    Grant { value: name.into(), lifetime: Duration::from_secs(seconds) }
}

#[test]
fn the_documented_answer_is_read() {
    let grant = read(&json(200, &fixture("token.json"))).unwrap();
    assert_eq!(grant.value.expose_secret(), "0f3a-access-token");
    assert_eq!(grant.lifetime, Duration::from_secs(3600));
}

#[test]
fn the_type_compares_without_case_and_the_lifetime_may_be_text() {
    let grant =
        read(&json(200, r#"{"access_token":"t","token_type":"bearer","expires_in":"1799"}"#));
    assert_eq!(grant.unwrap().lifetime, Duration::from_secs(1799));
    let grant = read(&json(200, r#"{"access_token":"t"}"#)).unwrap();
    assert_eq!(grant.lifetime, Duration::from_secs(DEFAULT_LIFETIME));
    let grant =
        read(&json(200, r#"{"access_token":"t","expires_in":18446744073709551615}"#)).unwrap();
    assert_eq!(grant.lifetime, Duration::from_secs(LONGEST_LIFETIME));
}

#[test]
fn refused_credentials_are_told_by_status_and_by_word() {
    let refusal = fixture("token_invalid_client.json");
    assert_eq!(read(&json(401, &refusal)).unwrap_err(), Error::BadCredentials);
    assert_eq!(read(&json(400, &refusal)).unwrap_err(), Error::BadCredentials);
    assert_eq!(read(&json(401, "")).unwrap_err(), Error::BadCredentials);
    assert_eq!(read(&json(400, "{}")).unwrap_err(), Error::Status(400));
}

#[test]
fn other_answers_are_told_apart() {
    assert_eq!(read(&json(403, "{}")).unwrap_err(), Error::Forbidden);
    assert_eq!(read(&json(500, "{}")).unwrap_err(), Error::Status(500));
    assert_eq!(read(&json(200, " ")).unwrap_err(), Error::Empty);
    assert_eq!(read(&bytes(200, "text/html", b"<html>")).unwrap_err(), Error::Html);
    assert_eq!(read(&bytes(401, "text/html", b"<html>")).unwrap_err(), Error::Html);
    for body in [
        "{}",
        "[]",
        "<error/>",
        r#"{"access_token":""}"#,
        r#"{"access_token":"t","token_type":"mac"}"#,
    ] {
        assert!(matches!(read(&json(200, body)).unwrap_err(), Error::Malformed(_)), "{body}");
    }
}

#[test]
fn s12_no_cut_of_the_answer_is_taken_as_whole() {
    let whole = fixture("token.json");
    for end in 1..whole.trim_end().len() {
        let cut = bytes(200, "application/json", &whole.as_bytes()[..end]);
        assert_eq!(read(&cut).unwrap_err(), Error::CutOff, "{end}");
    }
}

#[test]
fn s15_neither_a_token_nor_a_broken_answer_shows_its_secret() {
    let grant = read(&json(200, r#"{"access_token":"canary"}"#)).unwrap();
    let error = read(&json(200, r#"{"access_token":"canary",}"#)).unwrap_err();
    assert!(!format!("{grant:?} {error:?} {error}").contains("canary"));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    let store = TokenStore::default();
    let first = store.get(None, async { Ok(grant("a", 3600)) }).await.unwrap();
    tokio::time::advance(Duration::from_secs(3539)).await;
    let same = store.get(None, async { Ok(grant("b", 3600)) }).await.unwrap();
    assert_eq!(same.serial, first.serial);
    tokio::time::advance(Duration::from_secs(1)).await;
    let next = store.get(None, async { Ok(grant("b", 3600)) }).await.unwrap();
    assert_eq!(next.value.expose_secret(), "b");
}

#[tokio::test(start_paused = true)]
async fn many_callers_share_one_login() {
    let (store, logins) = (TokenStore::default(), AtomicU64::new(0));
    let login = async || {
        logins.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(grant("a", 3600))
    };
    let (a, b, c) =
        tokio::join!(store.get(None, login()), store.get(None, login()), store.get(None, login()));
    assert_eq!([a, b, c].map(|token| token.unwrap().serial), [1, 1, 1]);
    assert_eq!(logins.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once_for_all_who_met_it() {
    let (store, logins) = (TokenStore::default(), AtomicU64::new(0));
    let login = async || {
        logins.fetch_add(1, Ordering::SeqCst);
        Ok(grant("a", 3600))
    };
    let old = store.get(None, login()).await.unwrap();
    let refused = Some(old.serial);
    let (a, b) = tokio::join!(store.get(refused, login()), store.get(refused, login()));
    assert_eq!([a, b].map(|token| token.unwrap().serial), [2, 2]);
    assert_eq!(logins.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_login_leaves_no_dead_token_behind() {
    let store = TokenStore::default();
    let old = store.get(None, async { Ok(grant("a", 3600)) }).await.unwrap();
    let refused = store.get(Some(old.serial), async { Err(Error::BadCredentials) }).await;
    assert_eq!(refused.unwrap_err(), Error::BadCredentials);
    let next = store.get(None, async { Ok(grant("b", 3600)) }).await.unwrap();
    assert_eq!(next.value.expose_secret(), "b");
}
