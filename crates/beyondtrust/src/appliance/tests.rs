//! Calls against a small TLS server that answers as each test says.

use std::time::Duration;

use casebridge_transport::{HttpOptions, TransportError, client};

use super::test_server::{Answer, Request, TestServer};
use super::*;
use crate::command::{KeyRequest, Queue};
use crate::error::MessageKind;

#[test]
fn s6_a_host_name_is_a_host_with_at_most_a_port() {
    for (hostname, address) in [
        ("support.example.test", "https://support.example.test/"),
        ("localhost:8443", "https://localhost:8443/"),
        ("[::1]:8443", "https://[::1]:8443/"),
    ] {
        assert_eq!(site_address(hostname).unwrap().as_str(), address);
    }
    for hostname in [
        "",
        "https://h.test",
        "h.test/path",
        "user@h.test",
        "h.test?x",
        "h.test#x",
        "h test",
        "h:x",
    ] {
        assert_eq!(site_address(hostname), Err(Error::BadHostname), "{hostname}");
    }
}

const TOKEN: &str = r#"{"access_token":"TOKEN","token_type":"Bearer","expires_in":3600}"#;
const KEY: &str = "<session_key><short_key>1234567</short_key></session_key>";

fn token(name: &str) -> Answer {
    Answer::json(200, &TOKEN.replace("TOKEN", name))
}

fn appliance(server: &TestServer) -> Appliance {
    let options = HttpOptions {
        ca_file: Some(server.ca.path().into()),
        timeout: Duration::from_secs(10),
        ..HttpOptions::default()
    };
    let config = ApplianceConfig {
        hostname: format!("localhost:{}", server.port),
        client_id: "account".to_owned(),
        client_secret: "canary-secret".into(),
    };
    Appliance::new(client(&options).unwrap(), config).unwrap()
}

/// Asks for a key and gives the result with all that the appliance saw.
async fn key_with(answers: Vec<Answer>) -> (Result<String, Error>, Vec<Request>) {
    let server = TestServer::start(answers);
    let mut request = KeyRequest::new(Queue::General);
    request.external_key = Some("500&x=y".to_owned());
    let result = appliance(&server).generate_session_key(&request).await;
    (result.map(|key| key.short_key), server.requests())
}

fn bearers(requests: &[Request]) -> Vec<&str> {
    requests.iter().filter_map(|request| request.header("authorization")).collect()
}

#[tokio::test]
async fn a_call_logs_in_and_sends_its_form() {
    let (key, requests) = key_with(vec![token("t1"), Answer::xml(KEY)]).await;
    assert_eq!(key.unwrap(), "1234567");
    let [login, call] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(login.line, "POST /oauth2/token HTTP/1.1");
    assert_eq!(login.header("authorization"), Some("Basic YWNjb3VudDpjYW5hcnktc2VjcmV0"));
    assert_eq!(login.body, "grant_type=client_credentials");
    assert_eq!(call.line, "POST /api/command HTTP/1.1");
    assert_eq!(call.header("authorization"), Some("Bearer t1"));
    assert_eq!(
        call.body,
        "action=generate_session_key&type=support&queue_id=general\
         &session.custom.external_key=500%26x%3Dy"
    );
    for request in &requests {
        assert_eq!(request.header("connection"), Some("close"), "{request:?}");
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    }
}

#[tokio::test]
async fn a_token_serves_many_calls() {
    let api = "<api_information/>";
    let server = TestServer::start(vec![token("t1"), Answer::xml(api), Answer::xml(api)]);
    let appliance = appliance(&server);
    appliance.get_api_info().await.unwrap();
    appliance.get_api_info().await.unwrap();
    assert_eq!(bearers(&server.requests())[1..], ["Bearer t1", "Bearer t1"]);
}

#[tokio::test]
async fn a_dead_token_is_replaced_once() {
    let dead = Answer::json(401, "{}");
    let (key, requests) = key_with(vec![token("t1"), dead, token("t2"), Answer::xml(KEY)]).await;
    assert_eq!(key.unwrap(), "1234567");
    assert_eq!(requests.len(), 4);
    assert_eq!(bearers(&requests)[3], "Bearer t2");
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_is_not_replaced_again() {
    let dead = || Answer::json(401, "{}");
    let (key, requests) = key_with(vec![token("t1"), dead(), token("t2"), dead()]).await;
    assert_eq!(key.unwrap_err(), Error::Unauthorized);
    assert_eq!(requests.len(), 4);
}

#[tokio::test]
async fn a_wrong_secret_is_told_at_the_login() {
    let refusal = Answer::json(401, r#"{"error":"invalid_client","message":"x"}"#);
    let (key, requests) = key_with(vec![refusal]).await;
    assert_eq!(key.unwrap_err(), Error::BadCredentials);
    assert_eq!(requests.len(), 1);
}

#[tokio::test]
async fn a_call_refused_for_its_rate_is_sent_once_more() {
    let busy = || Answer::json(429, "").with("retry-after: 1");
    let (key, requests) = key_with(vec![token("t1"), busy(), Answer::xml(KEY)]).await;
    assert_eq!(key.unwrap(), "1234567");
    assert_eq!(requests.len(), 3);
    let (key, requests) = key_with(vec![token("t1"), busy(), busy()]).await;
    assert_eq!(key.unwrap_err(), Error::RateLimited { retry_after: Duration::from_secs(1) });
    assert_eq!(requests.len(), 3);
    let late = Answer::json(429, "").with("retry-after: 60");
    let (key, requests) = key_with(vec![token("t1"), late]).await;
    assert!(matches!(key, Err(Error::RateLimited { .. })));
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn a_message_and_a_web_page_reach_the_caller() {
    let text = "Requested support representative is not available at this time";
    let message = Answer::xml(&format!("<error>{text}</error>"));
    let (key, _) = key_with(vec![token("t1"), message]).await;
    assert_eq!(key.unwrap_err().message_kind(), Some(MessageKind::RepresentativeNotAvailable));
    let (key, _) = key_with(vec![token("t1"), Answer::xml("<html><body>")]).await;
    assert_eq!(key.unwrap_err(), Error::Html);
}

#[tokio::test]
async fn s12_a_cut_answer_gives_no_key() {
    let cut = Answer::xml("<session_key><short_key>1234567</short_key></sess");
    assert_eq!(key_with(vec![token("t1"), cut]).await.0.unwrap_err(), Error::CutOff);
    let short = Answer::xml(KEY).promising(KEY.len() + 1);
    let error = key_with(vec![token("t1"), short]).await.0.unwrap_err();
    assert_eq!(error, Error::Transport(TransportError::CutOff));
}

#[tokio::test]
async fn s6_no_token_follows_a_redirect() {
    let other = TestServer::start(vec![]);
    let location = format!("location: https://localhost:{}/api/command", other.port);
    for status in [301, 302, 307, 308] {
        let away = Answer::json(status, "").with(&location);
        let (key, requests) = key_with(vec![token("t1"), away]).await;
        assert_eq!(key.unwrap_err(), Error::Status(status));
        assert_eq!(requests.len(), 2);
        let away = Answer::json(status, "").with(&location);
        assert_eq!(key_with(vec![away]).await.0.unwrap_err(), Error::Status(status));
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn s15_the_client_does_not_show_its_secret() {
    let server = TestServer::start(vec![]);
    let appliance = appliance(&server);
    assert!(!format!("{appliance:?} {:?}", appliance.config).contains("canary"));
}

#[test]
fn every_call_may_run_on_any_thread() {
    fn check<T: Send>(_: impl FnOnce(&'static Appliance) -> T) {}
    check(|appliance| appliance.get_api_info());
    check(|appliance| appliance.log_in());
    check(|appliance| appliance.sessions(&[]));
    check(|appliance| async {
        appliance.generate_session_key(&KeyRequest::new(Queue::General)).await
    });
}
