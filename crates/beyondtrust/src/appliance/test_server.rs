//! A TLS server that returns prepared answers in order and records the requests.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server answers to one request.
pub(super) struct Answer {
    status: u16,
    content_type: &'static str,
    headers: String,
    body: String,
    length: usize,
}

impl Answer {
    pub(super) fn json(status: u16, body: &str) -> Self {
        Self::new(status, "application/json", body)
    }

    pub(super) fn xml(body: &str) -> Self {
        Self::new(200, "text/xml; charset=UTF-8", body)
    }

    fn new(status: u16, content_type: &'static str, body: &str) -> Self {
        let (headers, length) = (String::new(), body.len());
        Self { status, content_type, headers, body: body.to_owned(), length }
    }

    pub(super) fn with(mut self, header: &str) -> Self {
        self.headers = format!("{}{header}\r\n", self.headers);
        self
    }

    /// The same answer with another `content-length`.
    pub(super) fn promising(mut self, length: usize) -> Self {
        self.length = length;
        self
    }

    fn raw(&self) -> String {
        let Self { status, content_type, headers, body, length } = self;
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\
             connection: close\r\n{headers}\r\n{body}"
        )
    }
}

/// What the server was sent.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) line: String,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn read(stream: &mut impl Read) -> Self {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(byte(stream));
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let line = lines.next().unwrap().to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let mut request = Self { line, headers, body: String::new() };
        let length = request.header("content-length").unwrap().parse().unwrap();
        let body = (0..length).map(|_: usize| byte(stream)).collect();
        request.body = String::from_utf8(body).unwrap();
        request
    }
}

fn byte(stream: &mut impl Read) -> u8 {
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    byte[0]
}

pub(super) struct TestServer {
    pub(super) port: u16,
    pub(super) ca: tempfile::NamedTempFile,
    stopped: Arc<AtomicBool>,
    seen: thread::JoinHandle<Vec<Request>>,
}

impl TestServer {
    pub(super) fn start(answers: Vec<Answer>) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let mut ca = tempfile::NamedTempFile::new().unwrap();
        ca.write_all(made.cert.pem().as_bytes()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = stopped.clone();
        let seen = thread::spawn(move || serve(&listener, &Arc::new(config), answers, &stop));
        Self { port, ca, stopped, seen }
    }

    /// Stops the server and returns all requests, including those without a prepared answer.
    pub(super) fn requests(self) -> Vec<Request> {
        self.stopped.store(true, Ordering::SeqCst);
        // This connection wakes the server, which waits for one.
        drop(std::net::TcpStream::connect(("127.0.0.1", self.port)));
        self.seen.join().unwrap()
    }
}

fn serve(
    listener: &TcpListener,
    config: &Arc<ServerConfig>,
    answers: Vec<Answer>,
    stop: &AtomicBool,
) -> Vec<Request> {
    let (mut seen, mut answers) = (Vec::new(), answers.into_iter());
    loop {
        let (tcp, _) = listener.accept().unwrap();
        if stop.load(Ordering::SeqCst) {
            return seen;
        }
        let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), tcp);
        seen.push(Request::read(&mut stream));
        if let Some(answer) = answers.next() {
            stream.write_all(answer.raw().as_bytes()).unwrap();
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    }
}
