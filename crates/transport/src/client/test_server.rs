//! A TLS server with prepared raw answers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(super) struct TestServer {
    pub(super) port: u16,
    pub(super) ca: tempfile::NamedTempFile,
    seen: thread::JoinHandle<Vec<String>>,
}

impl TestServer {
    /// Answers each of `answers` on a connection of its own, then closes without goodbye.
    pub(super) fn start(names: &[&str], answers: Vec<Vec<u8>>) -> Self {
        super::install_crypto();
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let mut ca = tempfile::NamedTempFile::new().unwrap();
        ca.write_all(made.cert.pem().as_bytes()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::new(config);
        let seen = thread::spawn(move || {
            answers
                .into_iter()
                .map(|answer| {
                    let (tcp, _) = listener.accept().unwrap();
                    talk(
                        StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), tcp),
                        &answer,
                    )
                })
                .collect()
        });
        Self { port, ca, seen }
    }

    pub(super) fn requests(self) -> Vec<String> {
        self.seen.join().unwrap()
    }
}

fn talk(mut stream: StreamOwned<ServerConnection, TcpStream>, answer: &[u8]) -> String {
    let head = read_head(&mut stream);
    if !head.is_empty() {
        let _ = stream.write_all(answer);
        let _ = stream.flush();
    }
    head
}

/// Reads to the blank line after the headers, or to what the peer sent before it left.
pub(super) fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8(head).unwrap()
}
