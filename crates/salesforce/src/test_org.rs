//! Tests of the sign-in against a small TLS server with prepared answers. The server and the token
//! store record their events in one list.

use crate::{CALLBACK_PATH, Error, Org, OrgConfig, RefreshTokenStore, SignIn, StoreError};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use base64::Engine as _;
use casebridge_domain::mail::Mail;
use casebridge_domain::{Recipient, RecipientRole};
use casebridge_transport::{HttpClient, HttpOptions};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ORG: &str = "00Dx0000000BV7zEAG";
const USER: &str = "005x00000012Q9PAAU";
const ROWS: &str = r#"{"records":[{"Id":"500D0000001AbcdIAC","CaseNumber":"00001026"}]}"#;

/// What the server was asked.
struct Asked {
    method: Method,
    path: String,
    token: String,
    form: Vec<(String, String)>,
}

impl Asked {
    fn form(&self, name: &str) -> &str {
        self.form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    fn is_token(&self) -> bool {
        self.path == "/services/oauth2/token"
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn count(&self, line: &str) -> usize {
        self.lines().iter().filter(|l| *l == line).count()
    }
}

#[derive(Default)]
struct Store {
    log: Log,
    token: Mutex<Option<SecretString>>,
    full: bool,
    no_room: bool,
    broken_off: bool,
    releases: AtomicUsize,
}

impl RefreshTokenStore for Store {
    fn load(&self) -> Result<Option<SecretString>, StoreError> {
        Ok(self.held().clone())
    }

    fn store(&self, token: &SecretString) -> Result<(), StoreError> {
        if self.full {
            return Err(StoreError::new("full"));
        }
        self.log.add(format!("store {}", token.expose_secret()));
        *self.held() = Some(token.clone());
        Ok(())
    }

    fn reserve(&self, _: &SecretString) -> Result<(), StoreError> {
        if self.no_room { Err(StoreError::new("no room")) } else { Ok(()) }
    }

    fn release(&self) -> Result<(), StoreError> {
        self.releases.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn was_broken_off(&self, _: &SecretString) -> Result<bool, StoreError> {
        Ok(self.broken_off)
    }

    fn clear(&self) -> Result<(), StoreError> {
        self.log.add("clear");
        *self.held() = None;
        Ok(())
    }
}

impl Store {
    fn held(&self) -> std::sync::MutexGuard<'_, Option<SecretString>> {
        self.token.lock().unwrap()
    }

    fn holds(&self) -> Option<String> {
        self.held().as_ref().map(|t| t.expose_secret().to_owned())
    }
}

struct Rig {
    org: Org,
    log: Log,
    store: Arc<Store>,
}

type Reply = (u16, String);

/// Starts a server; `answer` gets each request and the server's own address.
fn serve(
    log: Log,
    answer: impl Fn(&Asked, &str) -> Reply + Send + Sync + 'static,
) -> (u16, HttpClient) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let http = trusting(&certificate);
    let answer = Arc::new(answer);
    let app =
        Router::new().fallback(move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let (log, answer) = (log.clone(), answer.clone());
            async move { respond(&log, &*answer, port, method, &uri, &headers, &body).await }
        });
    tokio::spawn(async move {
        let tls = RustlsConfig::from_pem(certificate.into(), key.into()).await.unwrap();
        let server = axum_server::from_tcp_rustls(listener, tls).unwrap();
        server.serve(app.into_make_service()).await.unwrap();
    });
    (port, http)
}

fn trusting(certificate: &str) -> HttpClient {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate).unwrap();
    let options = HttpOptions { ca_file: Some(file.path().to_owned()), ..HttpOptions::default() };
    casebridge_transport::client(&options).unwrap()
}

async fn respond(
    log: &Log,
    answer: &(impl Fn(&Asked, &str) -> Reply + Sync),
    port: u16,
    method: Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let token = headers.get(header::AUTHORIZATION).map_or("", |v| v.to_str().unwrap());
    let asked = Asked {
        method,
        path: uri.path().to_owned(),
        token: token.trim_start_matches("Bearer ").to_owned(),
        form: url::form_urlencoded::parse(body).into_owned().collect(),
    };
    let line = match asked.is_token() {
        true => format!("{} {}", asked.form("grant_type"), asked.form("refresh_token")),
        false => {
            format!("{} {} {}", asked.method, asked.path.rsplit('/').next().unwrap(), asked.token)
        }
    };
    log.add(line.trim_end());
    let (status, text) = answer(&asked, &format!("https://localhost:{port}"));
    if asked.is_token() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut response = (StatusCode::from_u16(status).unwrap(), text.clone()).into_response();
    let html = text.starts_with('<');
    let kind = if html { "text/html" } else { "application/json" };
    response.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
    response.headers_mut().insert("sforce-limit-info", "api-usage=7/15000".parse().unwrap());
    if (300..400).contains(&status) {
        response.headers_mut().insert(header::LOCATION, text.parse().unwrap());
    }
    response
}

fn rig(token: Option<&str>, answer: impl Fn(&Asked, &str) -> Reply + Send + Sync + 'static) -> Rig {
    rig_with(Store { token: Mutex::new(token.map(Into::into)), ..Store::default() }, answer)
}

fn rig_with(store: Store, answer: impl Fn(&Asked, &str) -> Reply + Send + Sync + 'static) -> Rig {
    let log = store.log.clone();
    let store = Arc::new(store);
    let (port, http) = serve(log.clone(), answer);
    let login_url = format!("https://localhost:{port}").parse().unwrap();
    let config = OrgConfig { login_url, client_id: "client".into() };
    Rig { org: Org::new(http, config, store.clone()), log, store }
}

/// A token answer: the n-th grant has access token `a<n>` and refresh token `r<n>`.
fn grant(n: u32, instance: &str) -> Reply {
    let body = format!(
        r#"{{"access_token":"a{n}","refresh_token":"r{n}","instance_url":"{instance}","id":"{instance}/id/{ORG}/{USER}"}}"#
    );
    (200, body)
}

fn next(asked: &Asked) -> u32 {
    asked.form("refresh_token").trim_start_matches('r').parse::<u32>().unwrap_or(0) + 1
}

fn expired() -> Reply {
    (401, r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#.into())
}

/// An org that accepts the access token of this grant only.
fn org_at(current: u32) -> impl Fn(&Asked, &str) -> Reply + Send + Sync {
    move |asked, own| match asked.path.as_str() {
        _ if asked.is_token() => grant(next(asked), own),
        _ if asked.token != format!("a{current}") => expired(),
        path if path.ends_with(USER) => {
            (200, r#"{"Username":"ada@example.test","Name":"Ada"}"#.into())
        }
        _ => (200, ROWS.into()),
    }
}

async fn read_case(org: &Org) -> Result<casebridge_domain::Case, Error> {
    org.case_by_ref(&"1026".parse().unwrap()).await
}

#[tokio::test]
async fn s17_a_rotated_token_is_stored_before_the_access_token_is_used() {
    let rig = rig(Some("r0"), org_at(1));
    assert_eq!(read_case(&rig.org).await.unwrap().number, "00001026");
    assert_eq!(rig.log.lines(), ["refresh_token r0", "store r1", "GET query a1"]);
    assert_eq!(rig.org.api_usage().map(|u| u.used), Some(7));
}

#[tokio::test]
async fn s17_a_token_that_cannot_be_stored_keeps_the_access_token_unused() {
    let store = Store { token: Mutex::new(Some("r0".into())), full: true, ..Store::default() };
    let rig = rig_with(store, org_at(1));
    assert!(matches!(read_case(&rig.org).await, Err(Error::Store(_))));
    assert_eq!(rig.log.lines(), ["refresh_token r0"]);
}

#[tokio::test]
async fn s17_a_token_is_not_used_up_where_no_other_one_could_be_stored() {
    let store = Store { token: Mutex::new(Some("r0".into())), no_room: true, ..Store::default() };
    let rig = rig_with(store, org_at(1));
    let error = read_case(&rig.org).await.unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error:?}");
    assert_eq!(rig.log.lines(), Vec::<String>::new(), "the org was asked");
    assert_eq!(rig.store.holds().as_deref(), Some("r0"));
}

#[tokio::test]
async fn s17_a_sign_in_that_was_lost_between_the_org_and_the_store_is_told_as_such() {
    for broken_off in [true, false] {
        let refused = (400, r#"{"error":"invalid_grant","error_description":"expired"}"#);
        let store = Store { token: Mutex::new(Some("r0".into())), broken_off, ..Store::default() };
        let rig = rig_with(store, move |_, _| (refused.0, refused.1.to_owned()));
        let error = read_case(&rig.org).await.unwrap_err();
        assert_eq!(matches!(error, Error::SignInLost), broken_off, "{error:?}");
        assert_eq!(matches!(error, Error::SignInAgain { .. }), !broken_off, "{error:?}");
        assert_eq!(rig.store.releases.load(Ordering::SeqCst), usize::from(!broken_off));
    }
}

#[tokio::test]
async fn a_client_in_one_users_name_makes_no_call_for_another() {
    let rig = rig(Some("r0"), org_at(1));
    let (org, user) = (ORG.parse().unwrap(), USER.parse().unwrap());
    read_case(&rig.org.only_as(&org, &user)).await.unwrap();
    let other = "005x00000012Q9X".parse().unwrap();
    let asked = rig.log.lines().len();
    let error = read_case(&rig.org.only_as(&org, &other)).await.unwrap_err();
    assert!(matches!(error, Error::OtherUser), "{error:?}");
    assert_eq!(rig.log.lines().len(), asked, "something was sent");
}

#[tokio::test]
async fn many_callers_share_one_refresh() {
    let rig = rig(Some("r0"), org_at(1));
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let org = rig.org.clone();
            tokio::spawn(async move { read_case(&org).await })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!((rig.log.count("refresh_token r0"), rig.log.count("GET query a1")), (1, 10));
}

#[tokio::test]
async fn s17_a_caller_who_gives_up_does_not_lose_the_rotated_token() {
    let rig = rig(Some("r0"), org_at(1));
    let impatient = tokio::time::timeout(Duration::from_millis(20), read_case(&rig.org)).await;
    assert!(impatient.is_err());
    read_case(&rig.org).await.unwrap();
    assert_eq!(rig.store.holds().as_deref(), Some("r1"));
    assert_eq!(rig.log.count("refresh_token r0"), 1);
}

#[tokio::test]
async fn an_expired_session_is_refreshed_once_and_the_call_repeated_once() {
    let rig = rig(Some("r0"), org_at(2));
    read_case(&rig.org).await.unwrap();
    let expected = [
        "refresh_token r0",
        "store r1",
        "GET query a1",
        "refresh_token r1",
        "store r2",
        "GET query a2",
    ];
    assert_eq!(rig.log.lines(), expected);
}

#[tokio::test]
async fn a_session_that_stays_refused_is_not_refreshed_for_ever() {
    let rig = rig(Some("r0"), org_at(99));
    assert!(matches!(read_case(&rig.org).await, Err(Error::SignInAgain { .. })));
    assert_eq!(rig.log.lines().iter().filter(|l| l.starts_with("refresh")).count(), 2);
}

#[tokio::test]
async fn a_refused_refresh_token_is_never_sent_again_but_a_new_one_is() {
    let rig = rig(Some("r0"), |asked, own| match asked.form("refresh_token") {
        "r0" => (400, r#"{"error":"invalid_grant","error_description":"expired"}"#.into()),
        _ if asked.is_token() => grant(next(asked), own),
        _ => (200, ROWS.into()),
    });
    for _ in 0..3 {
        assert!(matches!(read_case(&rig.org).await, Err(Error::SignInAgain { .. })));
    }
    assert_eq!(rig.log.lines(), ["refresh_token r0"]);
    rig.store.store(&"r5".to_owned().into()).unwrap();
    read_case(&rig.org).await.unwrap();
}

#[tokio::test]
async fn no_refresh_token_in_the_answer_keeps_the_old_one() {
    let rig = rig(Some("r0"), |asked, own| match asked.is_token() {
        true => (200, format!(r#"{{"access_token":"a1","instance_url":"{own}"}}"#)),
        false => (200, ROWS.into()),
    });
    read_case(&rig.org).await.unwrap();
    assert_eq!(rig.store.holds().as_deref(), Some("r0"));
}

#[tokio::test]
async fn nobody_signed_in_asks_the_org_nothing() {
    let rig = rig(None, org_at(1));
    assert!(matches!(read_case(&rig.org).await, Err(Error::NotSignedIn)));
    assert!(rig.log.lines().is_empty());
}

#[tokio::test]
async fn s6_a_foreign_instance_gets_no_request_and_the_rotated_token_is_kept() {
    let foreign = Log::default();
    let (port, _) = serve(foreign.clone(), |_, _| (200, ROWS.into()));
    for instance in ["https://evil.example.test".to_owned(), format!("http://localhost:{port}")] {
        let rig = rig(Some("r0"), move |_, _| grant(1, &instance));
        assert!(matches!(read_case(&rig.org).await, Err(Error::ForeignInstance { .. })));
        assert_eq!(rig.log.lines(), ["refresh_token r0", "store r1"]);
    }
    assert!(foreign.lines().is_empty());
}

#[tokio::test]
async fn s6_a_redirect_takes_no_token_along() {
    let foreign = Log::default();
    let (port, _) = serve(foreign.clone(), |_, _| (200, ROWS.into()));
    let elsewhere = format!("https://localhost:{port}/");
    let rig = rig(Some("r0"), move |asked, own| match asked.is_token() {
        true => grant(1, own),
        false => (302, elsewhere.clone()),
    });
    read_case(&rig.org).await.unwrap_err();
    assert!(foreign.lines().is_empty());
}

#[tokio::test]
async fn a_read_is_repeated_while_the_org_is_away_and_an_email_is_not() {
    let away = Mutex::new(2);
    let rig = rig(Some("r0"), move |asked, own| {
        if asked.is_token() {
            return grant(1, own);
        }
        let mut left = away.lock().unwrap();
        let reply = if asked.method == Method::POST || *left > 0 {
            (503, "<html>maintenance</html>".into())
        } else {
            (200, ROWS.into())
        };
        *left -= 1;
        reply
    });
    read_case(&rig.org).await.unwrap();
    assert_eq!(rig.log.count("GET query a1"), 3);
    let to = Recipient {
        role: RecipientRole::Contact,
        contact_id: None,
        name: "Cora".into(),
        address: "cora@customer.test".into(),
    };
    let mail = Mail { subject: "Support".into(), body: "Open the link".into() };
    let sent = rig.org.email(&"500D0000001Abcd".parse().unwrap(), &to, &mail).await;
    assert!(matches!(sent, Err(Error::Html { status: 503 })), "{sent:?}");
    assert_eq!(rig.log.count("POST emailSimple a1"), 1);
}

#[tokio::test]
async fn signing_out_clears_the_store_and_revokes() {
    let rig = rig(Some("r0"), |_, _| (400, r#"{"error":"invalid_token"}"#.into()));
    rig.org.sign_out().await.unwrap();
    assert_eq!(rig.log.lines(), ["clear", "POST revoke"]);
    assert!(!rig.org.is_signed_in().await.unwrap());
}

/// Acts as the person's browser: opens the URL, allows access and returns.
fn browse(sign_in: &SignIn, tail: &str) -> tokio::task::JoinHandle<String> {
    let of = |name: &str| {
        let pairs = sign_in.authorize_url().query_pairs();
        pairs.into_iter().find(|(n, _)| n == name).unwrap().1.into_owned()
    };
    let back: url::Url = of("redirect_uri").parse().unwrap();
    let (port, state) = (back.port().unwrap(), of("state"));
    let tail = tail.to_owned();
    tokio::spawn(async move {
        let mut stream = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let ask = format!(
            "GET {CALLBACK_PATH}?{tail}&state={state} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
        );
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    })
}

#[tokio::test]
async fn s18_a_sign_in_proves_its_key_stores_the_token_and_says_who_it_is() {
    let proof = Arc::new(Mutex::new((String::new(), String::new())));
    let given = proof.clone();
    let rig = rig(None, move |asked, own| {
        if asked.form("grant_type") != "authorization_code" {
            return org_at(7)(asked, own);
        }
        let verifier = asked.form("code_verifier");
        *given.lock().unwrap() = (
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            asked.form("redirect_uri").to_owned(),
        );
        if asked.form("code") == "good" { grant(7, own) } else { expired() }
    });
    let sign_in = SignIn::start(&rig.org, &[0]).await.unwrap();
    let asked: std::collections::HashMap<_, _> =
        sign_in.authorize_url().query_pairs().into_owned().collect();
    assert_eq!(
        (asked["scope"].as_str(), asked["code_challenge_method"].as_str()),
        ("api refresh_token", "S256")
    );
    let browser = browse(&sign_in, "code=good");
    let who = sign_in.finish().await.unwrap();
    assert_eq!((who.org_id.as_str(), who.user_id.as_str()), (ORG, USER));
    assert_eq!((who.username.as_str(), who.name.as_str()), ("ada@example.test", "Ada"));
    assert_eq!(
        *proof.lock().unwrap(),
        (asked["code_challenge"].clone(), asked["redirect_uri"].clone())
    );
    assert_eq!(rig.log.lines()[..2], ["authorization_code", "store r7"]);
    assert!(browser.await.unwrap().starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_refused_sign_in_is_told_apart_from_one_that_never_comes_back() {
    let rig = rig(None, org_at(1));
    let sign_in = SignIn::start(&rig.org, &[0]).await.unwrap();
    let browser = browse(&sign_in, "error=OAUTH_EC_APP_NOT_FOUND");
    assert!(matches!(sign_in.finish().await, Err(Error::AppNotInstalled)));
    browser.await.unwrap();
    let sign_in = SignIn::start(&rig.org, &[0]).await.unwrap().within(Duration::from_millis(50));
    assert!(matches!(sign_in.finish().await, Err(Error::TimedOutSignIn)));
    assert!(rig.log.lines().is_empty());
}

#[tokio::test]
async fn s18_a_newer_sign_in_takes_the_place_of_the_older() {
    let rig = rig(None, org_at(1));
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let older = SignIn::start(&rig.org, &[port]).await.unwrap();
    let older = tokio::spawn(older.finish());
    let newer = SignIn::start(&rig.org, &[port]).await.unwrap();
    assert!(matches!(older.await.unwrap(), Err(Error::Superseded)));
    assert!(newer.authorize_url().as_str().contains(&port.to_string()));
}
