//! The client against servers that misbehave.

use std::io::Write;

use super::test_server::{TestServer, read_head};
use super::*;

#[test]
fn a_bad_ca_file_is_named_as_such() {
    let check = |bytes: &[u8], want: &str| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let options = HttpOptions { ca_file: Some(file.path().into()), ..HttpOptions::default() };
        let Err(TransportError::BadCaFile { detail }) = client(&options) else {
            panic!("{bytes:?} was taken")
        };
        assert!(detail.contains(want), "{detail}");
    };
    check(b"", "no certificate");
    check(b"hello", "no certificate");
    check(b"-----BEGIN CERTIFICATE-----\nMIIB\n", "PEM");
    check(b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "damaged");
    check(&[0x30, 0x01, 0x00], "damaged");
}

fn trusting(server: &TestServer) -> HttpOptions {
    HttpOptions {
        ca_file: Some(server.ca.path().into()),
        timeout: Duration::from_secs(10),
        ..HttpOptions::default()
    }
}

async fn get(options: &HttpOptions, port: u16, limit: usize) -> Result<Response, TransportError> {
    let client = client(options).unwrap();
    let url = format!("https://localhost:{port}/path?secret").parse().unwrap();
    client.send_within(client.request(Method::GET, &url), limit).await
}

async fn answer_to(raw: &str) -> Result<Response, TransportError> {
    let server = TestServer::start(&["localhost"], vec![raw.into()]);
    get(&trusting(&server), server.port, 16).await
}

#[tokio::test]
async fn an_extra_ca_is_trusted_and_the_whole_answer_is_read() {
    let answer =
        answer_to("HTTP/1.1 503 Busy\r\ncontent-length: 4\r\nx-a: b\r\n\r\nbody").await.unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (503, "body"));
    assert_eq!(answer.header("X-A"), Some("b"));
}

#[tokio::test]
async fn s6_a_certificate_that_nobody_trusts_is_refused_by_name() {
    let server = TestServer::start(&["localhost"], vec![vec![]]);
    let options = HttpOptions { ca_file: None, ..trusting(&server) };
    let error = get(&options, server.port, 16).await.unwrap_err();
    assert!(
        matches!(&error, TransportError::Tls { detail } if detail.contains("not trusted")),
        "{error:?}"
    );
    assert_eq!(server.requests(), [""]);
}

#[tokio::test]
async fn s6_a_certificate_for_another_host_is_refused_by_name() {
    let server = TestServer::start(&["elsewhere.test"], vec![vec![]]);
    let error = get(&trusting(&server), server.port, 16).await.unwrap_err();
    assert!(
        matches!(&error, TransportError::Tls { detail } if detail.contains("another host")),
        "{error:?}"
    );
    assert_eq!(server.requests(), [""]);
}

#[tokio::test]
async fn s6_a_redirect_is_an_answer_and_is_not_followed() {
    let other = TestServer::start(&["localhost"], vec![]);
    let raw = format!(
        "HTTP/1.1 302 Found\r\nlocation: https://localhost:{}/\r\ncontent-length: 0\r\n\r\n",
        other.port
    );
    assert_eq!(answer_to(&raw).await.unwrap().status, 302);
}

#[tokio::test]
async fn s6_plain_http_is_never_spoken() {
    let client = client(&HttpOptions::default()).unwrap();
    let url = "http://localhost:1/".parse().unwrap();
    let error = client.send(client.request(Method::GET, &url)).await.unwrap_err();
    assert!(matches!(error, TransportError::Other { .. }), "{error:?}");
}

#[tokio::test]
async fn s12_an_answer_that_ends_early_is_cut_off() {
    for raw in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nbody",
    ] {
        assert_eq!(answer_to(raw).await.unwrap_err(), TransportError::CutOff, "{raw}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer_is_interrupted() {
    assert_eq!(answer_to("").await.unwrap_err(), TransportError::Interrupted);
    assert_eq!(answer_to("HTTP/1.1 20").await.unwrap_err(), TransportError::Interrupted);
}

#[tokio::test]
async fn s12_an_answer_beyond_the_limit_is_refused() {
    let raw = "HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n12345678901234567";
    assert_eq!(answer_to(raw).await.unwrap_err(), TransportError::TooLarge { limit: 16 });
}

#[tokio::test]
async fn what_is_not_http_is_told_apart() {
    let error = answer_to("SSH-2.0-OpenSSH_9\r\n\r\n").await.unwrap_err();
    assert!(matches!(error, TransportError::Other { .. }), "{error:?}");
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_a_failed_connection() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = get(&HttpOptions::default(), port, 16).await.unwrap_err();
    assert!(
        matches!(&error, TransportError::Connect { detail } if detail.contains("refused")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_host_without_an_address_does_not_resolve() {
    let client = client(&HttpOptions::default()).unwrap();
    let url = "https://no-such-host.invalid/".parse().unwrap();
    let error = client.send(client.request(Method::GET, &url)).await.unwrap_err();
    assert_eq!(error, TransportError::Resolve);
}

#[tokio::test]
async fn a_silent_host_times_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let options = HttpOptions { timeout: Duration::from_millis(200), ..HttpOptions::default() };
    let error = get(&options, listener.local_addr().unwrap().port(), 16).await.unwrap_err();
    assert_eq!(error, TransportError::Timeout);
}

/// The error of a call through a proxy that answers `CONNECT` with `raw`.
async fn through_proxy(raw: &'static str) -> TransportError {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let proxy = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let head = read_head(&mut stream);
        stream.write_all(raw.as_bytes()).unwrap();
        head
    });
    let options = HttpOptions {
        proxy: Some(format!("http://127.0.0.1:{port}")),
        timeout: Duration::from_secs(10),
        ..HttpOptions::default()
    };
    let client = client(&options).unwrap();
    let url = "https://site.test/path?secret".parse().unwrap();
    let error = client.send(client.request(Method::GET, &url)).await.unwrap_err();
    let asked = proxy.join().unwrap();
    assert!(asked.starts_with("CONNECT site.test:443 ") && !asked.contains("secret"), "{asked}");
    error
}

#[tokio::test]
async fn a_proxy_that_asks_for_a_sign_in_is_told_by_its_407() {
    let error = through_proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    assert!(error.is_proxy_sign_in(), "{error:?}");
}

#[tokio::test]
async fn a_proxy_that_refuses_or_breaks_is_the_proxys_failure() {
    for raw in ["HTTP/1.1 503 No\r\n\r\n", "HTTP/1.1 2", ""] {
        let error = through_proxy(raw).await;
        assert_eq!(error, TransportError::Proxy { status: None }, "{raw}");
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_the_proxys_failure() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in ["http", "socks5h"] {
        let proxy = Some(format!("{scheme}://user:secret@127.0.0.1:{port}"));
        let client = client(&HttpOptions { proxy, ..HttpOptions::default() }).unwrap();
        let url = "https://site.test/".parse().unwrap();
        let error = client.send(client.request(Method::GET, &url)).await.unwrap_err();
        assert_eq!(error, TransportError::Proxy { status: None }, "{scheme}");
    }
}

#[test]
fn s15_a_bad_proxy_address_is_not_repeated() {
    for address in ["ftp://user:secret@h", "secret", "secret:8080", "http://", ""] {
        let proxy = Some(address.to_owned());
        let error = client(&HttpOptions { proxy, ..HttpOptions::default() }).unwrap_err();
        assert_eq!(error, TransportError::BadProxy, "{address}");
        assert!(!format!("{error:?} {error}").contains("secret"));
    }
}

#[tokio::test]
async fn a_client_without_pooling_opens_a_connection_for_each_call() {
    let raw = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec();
    let server = TestServer::start(&["localhost"], vec![raw.clone(), raw]);
    let client = client(&trusting(&server)).unwrap();
    let url = format!("https://localhost:{}/", server.port).parse().unwrap();
    for _ in 0..2 {
        assert_eq!(client.send(client.request(Method::GET, &url)).await.unwrap().status, 200);
    }
    assert_eq!(server.requests().len(), 2);
}
