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

/// Requests a key and returns the result with all requests that the appliance received.
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

const RIEN: &str =
    "<error id=\"1\" >Aucune information ne correspond \u{e0} vos crit\u{e8}res.</error>";

fn may_report(flag: u8) -> Answer {
    Answer::xml(&format!(
        "<api_information><permissions><permission name=\"perm_reporting_support\">{flag}\
         </permission></permissions></api_information>"
    ))
}

#[tokio::test]
async fn nothing_found_is_learned_from_a_time_in_which_nothing_can_have_been() {
    let rien = || Answer::xml(RIEN);
    let server = TestServer::start(vec![token("t1"), rien(), rien(), may_report(1), rien()]);
    let appliance = appliance(&server);
    let since = "2026-06-01T00:00:00Z".parse().unwrap();
    assert_eq!(appliance.session_listing(since).await.unwrap(), []);
    assert_eq!(
        appliance.session_listing(since).await.unwrap(),
        [],
        "once learned it costs no call"
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 5);
    assert!(requests[2].body.ends_with("start_time=946684800&duration=1"), "{:?}", requests[2]);
}

#[tokio::test]
async fn a_sentence_that_is_not_known_is_a_refusal_where_the_account_may_not_read_reports() {
    let rien = || Answer::xml(RIEN);
    let server = TestServer::start(vec![token("t1"), rien(), rien(), may_report(0)]);
    let error = appliance(&server).session_listing(Timestamp::UNIX_EPOCH).await.unwrap_err();
    assert_eq!(error.message_kind(), Some(MessageKind::PermissionDenied));
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn another_sentence_than_that_for_nothing_stays_an_error_and_is_asked_about_once() {
    let odd = || Answer::xml("<error>Die Datenbank wird gewartet.</error>");
    let empty = Answer::xml("<session_summary_list/>");
    let server = TestServer::start(vec![token("t1"), odd(), empty, may_report(1), odd()]);
    let appliance = appliance(&server);
    for _ in 0..2 {
        let error = appliance.session_listing(Timestamp::UNIX_EPOCH).await.unwrap_err();
        assert_eq!(error.message_kind(), Some(MessageKind::Other));
    }
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_sentence_about_a_session_that_is_not_known_is_judged_by_the_session() {
    let lsid: Lsid = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let info = || {
        Answer::xml(
            "<api_information><permissions><permission name=\"perm_command\">full_access\
             </permission></permissions></api_information>",
        )
    };
    let session = |end: &str| {
        Answer::xml(&format!(
            "<session_list><session lsid=\"{lsid}\">{end}</session></session_list>"
        ))
    };
    let weg = || Answer::xml("<error>Diese Sitzung gibt es nicht.</error>");
    for (end, kind) in [
        ("<end_time timestamp=\"1572955400\">x</end_time>", MessageKind::SessionNotFound),
        ("", MessageKind::Other),
    ] {
        let server = TestServer::start(vec![token("t1"), weg(), info(), session(end)]);
        let error = appliance(&server).get_session_attributes(&lsid).await.unwrap_err();
        assert_eq!(error.message_kind(), Some(kind));
        assert!(error.to_string().contains("Diese Sitzung"), "{error}");
    }
}

#[tokio::test]
async fn a6_a_batch_that_cannot_be_read_is_halved_down_to_the_session_that_is_to_blame() {
    let lsids: Vec<Lsid> = (1..=3).map(|n| format!("{n:032x}").parse().unwrap()).collect();
    let broken = || Answer::xml("<session_list><session></wrong></session_list>");
    let good = |of: &[&Lsid]| {
        let all: String = of.iter().map(|l| format!("<session lsid=\"{l}\"/>")).collect();
        Answer::xml(&format!("<session_list>{all}</session_list>"))
    };
    let answers = vec![
        token("t1"),
        broken(),
        good(&[&lsids[0]]),
        broken(),
        broken(),
        good(&[&lsids[2]]),
        broken(),
    ];
    let server = TestServer::start(answers);
    let appliance = appliance(&server);
    let read = appliance.readable_sessions(&lsids).await.unwrap();
    let found: Vec<_> = read.found.into_iter().map(|session| session.lsid).collect();
    assert_eq!(found, [lsids[0].clone(), lsids[2].clone()]);
    assert_eq!(read.unread[0].0, lsids[1]);
    assert!(appliance.sessions(&lsids[1..2]).await.is_err(), "asked for alone, it says why");
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
