//! Receives the sign-in callback on this computer: a listener for exactly one callback (S18).
//!
//! `hyper` speaks HTTP/1.1 with the browser. This file decides the answer: one exact path, the exact
//! `state`, once. Every connection has a small budget of bytes and time, and nothing of a request is
//! echoed or logged.

use super::CALLBACK_PATH;
use super::pkce::State;
use crate::Error;
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use std::borrow::Cow;
use std::convert::Infallible;
use std::future::ready;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// The maximum size of a request head. Browsers send all cookies for `localhost`, from any program.
const MAX_HEAD: usize = 32 * 1024;
const CONNECTION_TIME: Duration = Duration::from_secs(10);
const MAX_CONNECTIONS: usize = 64;

/// The result from the browser.
#[derive(Debug)]
pub(crate) enum Callback {
    /// The authorization code.
    Code(SecretString),
    /// The org's error.
    Refused(Error),
}

/// The bound listeners of one attempt.
#[derive(Debug)]
pub(crate) struct Loopback {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    /// Binds the first of the ports that is free on both loopback addresses.
    pub(crate) async fn bind(ports: &[u16]) -> Result<Self, Error> {
        for port in ports {
            if let Some(loopback) = Self::bind_one(*port).await {
                return Ok(loopback);
            }
        }
        Err(Error::PortsBusy)
    }

    async fn bind_one(port: u16) -> Option<Self> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.ok()?;
        let port = v4.local_addr().ok()?.port();
        // A browser may resolve `localhost` to ::1, so the port must be free there too.
        let v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(v6) => Some(v6),
            Err(error) if error.kind() == ErrorKind::AddrInUse => return None,
            Err(_) => None,
        };
        Some(Self { v4, v6, port })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Serves until the callback with the right `state` has been answered. An old or forged
    /// callback does not end it.
    pub(crate) async fn callback(&self, state: State, login_origin: String) -> Callback {
        let gate = Arc::new(Gate {
            state,
            used: AtomicBool::new(false),
            login_origin,
            hosts: ["localhost", "127.0.0.1", "[::1]"].map(|h| format!("{h}:{}", self.port)),
        });
        let (found, mut callbacks) = mpsc::channel(1);
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                Some(callback) = callbacks.recv() => return callback,
                Some(_) = connections.join_next() => continue,
                accepted = self.accept(), if connections.len() < MAX_CONNECTIONS => accepted,
            };
            let Ok(stream) = accepted else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (gate, found) = (gate.clone(), found.clone());
            connections.spawn(async move {
                if let Some(callback) = gate.serve(stream).await {
                    // A full channel means that the callback has already been received.
                    let _ = found.try_send(callback);
                }
            });
        }
    }

    async fn accept(&self) -> std::io::Result<TcpStream> {
        let (stream, _) = match &self.v6 {
            Some(v6) => tokio::select! {
                accepted = self.v4.accept() => accepted,
                accepted = v6.accept() => accepted,
            },
            None => self.v4.accept().await,
        }?;
        Ok(stream)
    }
}

type Reply = Response<String>;

struct Gate {
    state: State,
    used: AtomicBool,
    login_origin: String,
    hosts: [String; 3],
}

impl Gate {
    /// Answers the one request of a connection. The callback counts even if the browser disconnects
    /// before its page is written.
    async fn serve(&self, stream: TcpStream) -> Option<Callback> {
        let taken = Mutex::new(None);
        let answer = service_fn(|request| {
            let (reply, callback) = self.answer(&request);
            *taken.lock().unwrap_or_else(PoisonError::into_inner) = callback;
            ready(Ok::<_, Infallible>(reply))
        });
        let connection = http1::Builder::new()
            .keep_alive(false)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), answer);
        let _ = tokio::time::timeout(CONNECTION_TIME, connection).await;
        taken.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer<B>(&self, request: &Request<B>) -> (Reply, Option<Callback>) {
        let uri = request.uri();
        // A browser that uses this port as a proxy names the host in the target.
        if uri.authority().is_some() || uri.path() != CALLBACK_PATH || !self.is_asked(request) {
            return (page(StatusCode::NOT_FOUND, NOT_HERE), None);
        }
        match *request.method() {
            Method::GET => self.callback(uri.query().unwrap_or_default()),
            Method::OPTIONS => (self.preflight(request), None),
            _ => (page(StatusCode::METHOD_NOT_ALLOWED, NOT_HERE), None),
        }
    }

    /// Whether the request names this computer, once. A web page can point its own host name here.
    fn is_asked<B>(&self, request: &Request<B>) -> bool {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
        self.hosts.iter().any(|ours| ours.as_bytes().eq_ignore_ascii_case(host.as_bytes()))
    }

    fn callback(&self, query: &str) -> (Reply, Option<Callback>) {
        let given = url::form_urlencoded::parse(query.as_bytes());
        let parameters = Parameters::collect(given);
        let state = parameters.once("state");
        if !state.is_some_and(|state| self.state.is(state)) {
            return (page(StatusCode::BAD_REQUEST, OTHER_ATTEMPT), None);
        }
        let (text, callback) = match (parameters.once("code"), parameters.once("error")) {
            (Some(code), None) => (RECEIVED, Callback::Code(SecretString::from(code.to_owned()))),
            (None, Some(error)) => {
                let message = parameters.once("error_description").unwrap_or_default();
                (REFUSED, Callback::Refused(Error::from_callback(error, message)))
            }
            (Some(_), Some(_)) | (None, None) => {
                return (page(StatusCode::BAD_REQUEST, OTHER_ATTEMPT), None);
            }
        };
        if self.used.swap(true, Ordering::SeqCst) {
            return (page(StatusCode::BAD_REQUEST, OTHER_ATTEMPT), None);
        }
        (page(StatusCode::OK, text), Some(callback))
    }

    /// Answers Chromium's preflight request, which it sends before a public page may access a
    /// loopback address.
    fn preflight<B>(&self, request: &Request<B>) -> Reply {
        let asked = request.headers().get("access-control-request-private-network");
        let origin = HeaderValue::from_str(&self.login_origin);
        let (true, Ok(origin)) = (asked.is_some_and(|value| value == "true"), origin) else {
            return page(StatusCode::METHOD_NOT_ALLOWED, NOT_HERE);
        };
        let mut reply = Response::new(String::new());
        *reply.status_mut() = StatusCode::NO_CONTENT;
        let headers = reply.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET"));
        headers.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
        reply
    }
}

struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    fn collect(given: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        Self(given.collect())
    }

    /// The value of a parameter that occurs exactly once and is not empty.
    fn once(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_ref());
        let value = values.next().filter(|v| !v.is_empty())?;
        values.next().is_none().then_some(value)
    }
}

struct Text {
    title: &'static str,
    body: &'static str,
}

const RECEIVED: Text = Text {
    title: "Return to Casebridge",
    body: "The browser part of the sign-in is complete. You can close this tab.",
};
const REFUSED: Text = Text {
    title: "The sign-in failed",
    body: "Casebridge shows what to do next. You can close this tab.",
};
const OTHER_ATTEMPT: Text = Text {
    title: "This sign-in is no longer valid",
    body: "Close this tab and start the sign-in again in Casebridge.",
};
const NOT_HERE: Text =
    Text { title: "Page not found", body: "This address only receives sign-ins for Casebridge." };

fn page(status: StatusCode, text: Text) -> Reply {
    let Text { title, body } = text;
    let mut reply = Response::new(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>\
         :root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:32em;\
         margin:20vh auto 0;padding:0 1.5em}}h1{{font-size:1.4em;font-weight:600}}</style>\
         <h1>{title}</h1><p>{body}</p></html>"
    ));
    *reply.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ] {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    struct Attempt {
        port: u16,
        state: String,
        result: tokio::task::JoinHandle<Callback>,
    }

    async fn attempt() -> Attempt {
        let loopback = Loopback::bind(&[0]).await.unwrap();
        let state = State::new();
        let (port, text) = (loopback.port(), state.expose().to_owned());
        let result = tokio::spawn(async move {
            loopback.callback(state, "https://acme.my.salesforce.com".into()).await
        });
        Attempt { port, state: text, result }
    }

    async fn send(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn get(port: u16, target: &str) -> String {
        send(port, &format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")).await
    }

    fn status(answer: &str) -> u16 {
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn s18_wrong_old_and_unasked_states_are_refused_and_the_right_one_still_counts() {
        let old = attempt().await;
        let now = attempt().await;
        for target in [
            format!("{CALLBACK_PATH}?code=stolen&state={}", old.state),
            format!("{CALLBACK_PATH}?code=stolen&state=wrong"),
            format!("{CALLBACK_PATH}?code=stolen&state="),
            format!("{CALLBACK_PATH}?code=stolen"),
            format!("{CALLBACK_PATH}?error=access_denied"),
            format!("{CALLBACK_PATH}?code=a&state=wrong&state={}", now.state),
            format!("{CALLBACK_PATH}?code=a&code=b&state={}", now.state),
            format!("{CALLBACK_PATH}?code=a&error=b&state={}", now.state),
            format!("{CALLBACK_PATH}?state={}", now.state),
        ] {
            assert_eq!(status(&get(now.port, &target).await), 400, "{target}");
        }
        let answer =
            get(now.port, &format!("{CALLBACK_PATH}?code=good%2B1&state={}", now.state)).await;
        assert_eq!(status(&answer), 200);
        assert!(!answer.contains("good"));
        for header in [
            "cache-control: no-store\r\n",
            "referrer-policy: no-referrer\r\n",
            "x-content-type-options: nosniff\r\n",
            "content-security-policy: default-src 'none'; ",
            "connection: close\r\n",
        ] {
            assert!(answer.contains(header), "{header} in {answer}");
        }
        let Callback::Code(code) = now.result.await.unwrap() else { panic!("no code") };
        assert_eq!(code.expose_secret(), "good+1");
    }

    #[tokio::test]
    async fn s18_a_state_counts_once() {
        let state = State::new();
        let query = format!("code=a&state={}", state.expose());
        let gate = Gate {
            state,
            used: AtomicBool::new(false),
            login_origin: String::new(),
            hosts: Default::default(),
        };
        assert!(gate.callback(&query).1.is_some());
        let (reply, callback) = gate.callback(&query);
        assert_eq!((reply.status(), callback.is_none()), (StatusCode::BAD_REQUEST, true));
    }

    #[tokio::test]
    async fn s18_the_listener_is_gone_after_its_one_callback() {
        let now = attempt().await;
        get(now.port, &format!("{CALLBACK_PATH}?code=a&state={}", now.state)).await;
        now.result.await.unwrap();
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, now.port)).await.is_err());
    }

    #[tokio::test]
    async fn s18_other_paths_methods_and_hosts_get_nothing() {
        let now = attempt().await;
        let right = format!("code=a&state={}", now.state);
        for target in [
            "/favicon.ico".to_owned(),
            "/".to_owned(),
            format!("{CALLBACK_PATH}/?{right}"),
            format!("/x{CALLBACK_PATH}?{right}"),
            format!("/%4fauthRedirect?{right}"),
            format!("/oauthredirect?{right}"),
        ] {
            assert_eq!(status(&get(now.port, &target).await), 404, "{target}");
        }
        let post = format!(
            "POST {CALLBACK_PATH}?{right} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
            now.port
        );
        assert_eq!(status(&send(now.port, &post).await), 405);
        let rebound = format!("GET {CALLBACK_PATH}?{right} HTTP/1.1\r\nHost: evil.test\r\n\r\n");
        assert_eq!(status(&send(now.port, &rebound).await), 404);
        let ours = format!("Host: localhost:{}\r\n", now.port);
        let twice =
            format!("GET {CALLBACK_PATH}?{right} HTTP/1.1\r\n{ours}Host: evil.test\r\n\r\n");
        assert_eq!(status(&send(now.port, &twice).await), 404);
        let proxied = format!("GET http://evil.test{CALLBACK_PATH}?{right} HTTP/1.1\r\n{ours}\r\n");
        assert_eq!(status(&send(now.port, &proxied).await), 404);
        assert_eq!(status(&send(now.port, "nonsense\r\n\r\n").await), 400);
        assert!(!now.result.is_finished());
    }

    #[tokio::test]
    async fn a_preflight_for_the_private_network_is_answered() {
        let now = attempt().await;
        let ask = format!(
            "OPTIONS {CALLBACK_PATH} HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: https://x\r\n\
             Access-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\n\r\n",
            now.port
        );
        let answer = send(now.port, &ask).await;
        assert_eq!(status(&answer), 204);
        assert!(answer.contains("access-control-allow-private-network: true\r\n"));
        assert!(answer.contains("access-control-allow-origin: https://acme.my.salesforce.com\r\n"));
    }

    #[tokio::test]
    async fn a_refusal_comes_back_typed() {
        let now = attempt().await;
        let target =
            format!("{CALLBACK_PATH}?error=access_denied&error_description=no&state={}", now.state);
        assert_eq!(status(&get(now.port, &target).await), 200);
        let result = now.result.await.unwrap();
        assert!(matches!(result, Callback::Refused(Error::Denied)), "{result:?}");
    }

    #[tokio::test]
    async fn a_browser_that_leaves_before_its_page_has_brought_the_callback() {
        let now = attempt().await;
        let request = format!(
            "GET {CALLBACK_PATH}?code=a&state={} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
            now.state, now.port
        );
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, now.port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        drop(stream);
        assert!(matches!(now.result.await.unwrap(), Callback::Code(_)));
    }

    #[tokio::test]
    async fn s18_a_head_without_end_is_refused() {
        let now = attempt().await;
        let head = format!("GET / HTTP/1.1\r\nCookie: {}", "a".repeat(MAX_HEAD + 1));
        assert_eq!(status(&send(now.port, &head).await), 431);
        assert!(!now.result.is_finished());
    }

    #[tokio::test]
    async fn silent_connections_do_not_hold_up_the_callback() {
        let now = attempt().await;
        let mut silent = Vec::new();
        for _ in 0..8 {
            silent.push(TcpStream::connect((Ipv4Addr::LOCALHOST, now.port)).await.unwrap());
        }
        get(now.port, &format!("{CALLBACK_PATH}?code=a&state={}", now.state)).await;
        assert!(matches!(now.result.await.unwrap(), Callback::Code(_)));
    }

    #[tokio::test]
    async fn a_busy_port_is_passed_over_and_all_busy_is_an_error() {
        let first = Loopback::bind(&[0]).await.unwrap();
        let busy = first.port();
        assert!(matches!(Loopback::bind(&[busy]).await, Err(Error::PortsBusy)));
        assert_ne!(Loopback::bind(&[busy, 0]).await.unwrap().port(), busy);
    }
}
