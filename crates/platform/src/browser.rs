//! Opens web pages in the person's browser: the one way out to another program (S7).
//!
//! What an answer or a link names is never handed to the operating system as it is: only `https`
//! pages of known hosts are, as one argument, without a shell.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(target_os = "windows")]
use windows as os;

use crate::environment::Environment;
use crate::programs;
use std::ffi::{OsStr, OsString};
use url::{Host, Url};

const LONGEST_URL: usize = 8 * 1024;

/// Why a page was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The address is not one that may be opened.
    #[error("this address is not opened: {0}")]
    Refused(&'static str),
    /// No browser could be started.
    #[error("no browser could be started: {0}")]
    NotStarted(String),
}

/// The hosts whose pages may be opened.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts {
    hosts: Vec<String>,
    loopback_http: bool,
}

impl AllowedHosts {
    /// Exactly these hosts, each as `HOST` (port 443) or `HOST:PORT`.
    pub fn new<S: Into<String>>(hosts: impl IntoIterator<Item = S>) -> Self {
        let hosts = hosts.into_iter().map(|h| h.into().to_ascii_lowercase()).collect();
        Self { hosts, loopback_http: false }
    }

    /// Admits plain `http` too, to a listed host that is a loopback address.
    #[must_use]
    pub fn with_loopback_http(mut self) -> Self {
        self.loopback_http = true;
        self
    }

    fn has(&self, host: &str, port: u16) -> bool {
        let with_port = format!("{host}:{port}");
        self.hosts.iter().any(|h| *h == with_port || (port == 443 && h == host))
    }
}

/// Says whether an address may be opened.
///
/// # Errors
/// The reason why it may not.
pub fn check_external(url: &Url, allowed: &AllowedHosts) -> Result<(), BrowserError> {
    let refused = |reason| Err(BrowserError::Refused(reason));
    if url.as_str().len() > LONGEST_URL {
        return refused("it is too long");
    }
    let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return refused("it names no host");
    };
    if !(url.scheme() == "https"
        || (url.scheme() == "http" && allowed.loopback_http && is_loopback(&host)))
    {
        return refused("it is not an https address");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("it carries a user name");
    }
    if !allowed.has(&host.to_string(), port) {
        return refused("its host is not a configured one");
    }
    Ok(())
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Opens a page in the browser of `$BROWSER`, else in the desktop's. Blocks for less than a second
/// per program tried.
///
/// # Errors
/// When the address may not be opened, or nothing could open it.
pub fn open_external(url: &Url, allowed: &AllowedHosts) -> Result<(), BrowserError> {
    check_external(url, allowed)?;
    let wanted = commands_of_variable(&Environment::current(), url.as_str());
    if wanted.is_empty() {
        return os::open(url.as_str()).map_err(|e| BrowserError::NotStarted(e.to_string()));
    }
    let mut reasons = Vec::new();
    for argv in wanted {
        match programs::start(&argv) {
            Ok(()) => return Ok(()),
            Err(e) => reasons.push(e.to_string()),
        }
    }
    Err(BrowserError::NotStarted(reasons.join("; ")))
}

/// The programs of `$BROWSER`, a list of commands in order of preference; `%s` stands for the
/// address, which else comes last.
fn commands_of_variable(env: &Environment, url: &str) -> Vec<Vec<OsString>> {
    let Some(list) = env.get("BROWSER").and_then(OsStr::to_str) else { return Vec::new() };
    // On Windows a colon belongs to the path.
    let separator = if cfg!(windows) { ';' } else { ':' };
    list.split(separator).filter_map(|entry| command_of(entry.trim(), url)).collect()
}

fn command_of(entry: &str, url: &str) -> Option<Vec<OsString>> {
    let mut words: Vec<String> = match std::path::Path::new(entry).is_file() {
        true => vec![entry.to_owned()],
        false => entry.split_whitespace().map(str::to_owned).collect(),
    };
    let arguments = words.get_mut(1..)?;
    let mut has_place = false;
    for word in arguments.iter_mut().filter(|word| word.contains("%s")) {
        *word = word.replace("%s", url);
        has_place = true;
    }
    if !has_place {
        words.push(url.to_owned());
    }
    Some(words.into_iter().map(OsString::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(text: &str, allowed: &AllowedHosts) -> bool {
        Url::parse(text).is_ok_and(|url| check_external(&url, allowed).is_ok())
    }

    fn hosts() -> AllowedHosts {
        AllowedHosts::new(["support.example.com", "org.example.com:8443", "127.0.0.1:9000"])
    }

    #[test]
    fn s7_pages_of_listed_hosts_are_opened() {
        for good in [
            "https://support.example.com",
            "https://support.example.com/?ak=0123456789abcdef",
            "https://SUPPORT.example.com:443/login",
            "https://org.example.com:8443/lightning/r/Case/500000000000001AAA/view",
        ] {
            assert!(opens(good, &hosts()), "{good}");
        }
    }

    #[test]
    fn s7_nothing_else_is_opened() {
        const BAD: [&str; 44] = [
            "",
            "support.example.com",
            "//support.example.com/",
            "/etc/passwd",
            "C:\\Windows\\System32\\calc.exe",
            "\\\\support.example.com\\share\\a.exe",
            "http://support.example.com/",
            "http://127.0.0.1:9000/",
            "ftp://support.example.com/",
            "file:///etc/passwd",
            "file://support.example.com/share/a.exe",
            "smb://support.example.com/share",
            "nfs://support.example.com/share",
            "sftp://support.example.com/",
            "ssh://support.example.com/",
            "telnet://support.example.com/",
            "ldap://support.example.com/",
            "ws://support.example.com/",
            "wss://support.example.com/",
            "javascript:alert(1)//support.example.com",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:msgbox(1)",
            "blob:https://support.example.com/1",
            "view-source:https://support.example.com/",
            "about:blank",
            "mailto:someone@support.example.com",
            "tel:+41000000000",
            "casebridge://session-key?case=00001026",
            "ms-msdt:/id PCWDiagnostic",
            "search-ms:query=a&crumb=location:\\\\evil.example",
            "vnc://support.example.com/",
            "https:",
            "https://",
            "https://evil.example/",
            "https://support.example.com.evil.example/",
            "https://evilsupport.example.com/",
            "https://a.support.example.com/",
            "https://support.example.com./",
            "https://support.example.com:444/",
            "https://org.example.com/",
            "https://user@support.example.com/",
            "https://support.example.com:x@evil.example/",
            "https://:secret@support.example.com/",
            "https://evil.example\\@support.example.com/",
        ];
        for bad in BAD {
            assert!(!opens(bad, &hosts()), "{bad}");
        }
        let long = format!("https://support.example.com/{}", "a".repeat(LONGEST_URL));
        assert!(!opens(&long, &hosts()));
    }

    #[test]
    fn s7_plain_http_is_for_listed_loopback_addresses_and_only_when_asked_for() {
        let allowed = hosts().with_loopback_http();
        assert!(opens("http://127.0.0.1:9000/", &allowed));
        assert!(!opens("http://127.0.0.1:9001/", &allowed));
        assert!(!opens("http://support.example.com/", &allowed));
        assert!(!opens("http://support.example.com:443/", &allowed));
    }

    #[test]
    fn s4_the_address_reaches_the_browser_as_one_argument() {
        let url = "https://support.example.com/?a=1&b=$(id);%20x";
        let check = |variable: &str, expected: &[&[&str]]| {
            let found = commands_of_variable(&Environment::of([("BROWSER", variable)]), url);
            assert_eq!(found, expected, "{variable}");
        };
        check("firefox", &[&["firefox", url]]);
        check("firefox --new-tab", &[&["firefox", "--new-tab", url]]);
        check("a --url=%s -x", &[&["a", &format!("--url={url}"), "-x"]]);
        check("", &[]);
        if cfg!(not(windows)) {
            check("one:two %s", &[&["one", url], &["two", url]]);
        }
    }
}
