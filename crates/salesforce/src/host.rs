//! Which hosts belong to the configured org; nothing is sent to any other (S6).

use crate::Error;
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// The login address of an org: https, one of Salesforce's hosts, or loopback for rehearsals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginUrl(Url);

const ALLOWED: [&str; 3] = [".salesforce.com", ".force.com", ".salesforce.mil"];

/// Hosts that people copy from their browser, and what they stand for when signing in.
const SAME_ORG: [&str; 2] = [".lightning.force.com", ".my.salesforce-setup.com"];

const GENERIC: [&str; 2] = ["login.salesforce.com", "test.salesforce.com"];

impl FromStr for LoginUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&whole).map_err(|_| Error::LoginUrl("it is no address"))?;
        if url.scheme() != "https" {
            return Err(Error::LoginUrl("it does not begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::LoginUrl("it holds a user name"));
        }
        let host = url.host_str().unwrap_or_default();
        if let Some(name) = SAME_ORG.iter().find_map(|suffix| host.strip_suffix(suffix)) {
            let login = format!("{name}.my.salesforce.com");
            url.set_host(Some(&login)).map_err(|_| Error::LoginUrl("it has no host"))?;
        }
        if !is_loopback(&url) && !is_salesforce(&url) {
            return Err(Error::LoginUrl("the host is not one of Salesforce"));
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Display for LoginUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl LoginUrl {
    /// The address itself, with `/` as its path.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The host name.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub(crate) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }

    /// Checks the `instance_url` of a token answer: the configured host itself, any Salesforce
    /// host after a generic login, loopback only after a loopback login.
    pub(crate) fn instance(&self, text: &str) -> Result<Url, Error> {
        let mut url = self.same_world(text)?;
        let generic = GENERIC.contains(&self.host());
        if !is_loopback(&self.0) && !generic && url.host() != self.0.host() {
            return Err(foreign(&url));
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(url)
    }

    /// Checks an address that is only read, never called: on the generic hosts it may name
    /// another Salesforce host than the org's own.
    pub(crate) fn same_world(&self, text: &str) -> Result<Url, Error> {
        let url = Url::parse(text).map_err(|_| Error::ForeignInstance { host: String::new() })?;
        let clean =
            url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
        let loopback = is_loopback(&self.0);
        let admitted = if loopback { is_loopback(&url) } else { is_salesforce(&url) };
        if clean && admitted { Ok(url) } else { Err(foreign(&url)) }
    }
}

fn foreign(url: &Url) -> Error {
    Error::ForeignInstance { host: crate::error::shown(url.host_str().unwrap_or_default()) }
}

fn is_salesforce(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    url.port().is_none()
        && ALLOWED.iter().any(|suffix| host.len() > suffix.len() && host.ends_with(suffix))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(host)) => host == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str) -> LoginUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_login_address_is_brought_into_its_one_form() {
        for (typed, meant) in [
            ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
            ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
            (
                " https://acme.lightning.force.com/lightning/page/home?x=1#y ",
                "https://acme.my.salesforce.com",
            ),
            (
                "https://acme--uat.sandbox.lightning.force.com/",
                "https://acme--uat.sandbox.my.salesforce.com",
            ),
            (
                "https://acme.my.salesforce-setup.com/lightning/setup",
                "https://acme.my.salesforce.com",
            ),
            ("https://LOGIN.salesforce.com", "https://login.salesforce.com"),
            ("https://localhost:8443/x", "https://localhost:8443"),
        ] {
            assert_eq!(login(typed).to_string(), meant, "{typed}");
        }
    }

    #[test]
    fn s6_a_login_address_outside_salesforce_is_refused() {
        for text in [
            "http://acme.my.salesforce.com",
            "http://localhost:8443",
            "https://acme.my.salesforce.com.evil.test",
            "https://evilsalesforce.com",
            "https://.salesforce.com",
            "https://user:pw@acme.my.salesforce.com",
            "https://acme.my.salesforce.com@evil.test/",
            "https://acme.my.salesforce.com:8443",
            "https://acme.my.site.com",
            "https://192.0.2.1",
            "https://localhost.evil.test",
            "file:///etc/passwd",
            "",
        ] {
            assert!(text.parse::<LoginUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn s6_an_instance_outside_the_configured_org_is_refused() {
        let acme = login("https://acme.my.salesforce.com");
        let generic = login("https://login.salesforce.com");
        let local = login("https://localhost:8443");
        for (login, instance, admitted) in [
            (&acme, "https://acme.my.salesforce.com/", true),
            (&acme, "https://acme.my.salesforce.com", true),
            (&acme, "https://other.my.salesforce.com", false),
            (&acme, "https://attacker.secure.force.com", false),
            (&acme, "https://localhost:8443", false),
            (&acme, "http://acme.my.salesforce.com", false),
            (&acme, "https://acme.my.salesforce.com:444", false),
            (&acme, "https://evil.test", false),
            (&acme, "not an address", false),
            (&generic, "https://acme.my.salesforce.com", true),
            (&generic, "https://acme.my.salesforce.com.evil.test", false),
            (&generic, "https://127.0.0.1", false),
            (&local, "https://localhost:9443", true),
            (&local, "https://127.0.0.1:9443", true),
            (&local, "https://[::1]:9443", true),
            (&local, "http://localhost:9443", false),
            (&local, "https://acme.my.salesforce.com", false),
            (&local, "https://evil.test", false),
        ] {
            assert_eq!(login.instance(instance).is_ok(), admitted, "{login} {instance}");
        }
    }
}
