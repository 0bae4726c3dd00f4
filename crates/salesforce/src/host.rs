//! Decides which hosts belong to the configured org. Nothing is sent to any other host (S6).

use crate::Error;
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// The login URL of an org: https on one of Salesforce's hosts, or loopback for the simulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginUrl {
    url: Url,
    /// Domains that the administrator has added, each with a leading dot.
    suffixes: Vec<String>,
}

/// The domains of all of the vendor's clouds: commercial (with the older forms of My Domain),
/// government, and the one in China.
const ALLOWED: [&str; 8] = [
    ".salesforce.com",
    ".force.com",
    ".cloudforce.com",
    ".database.com",
    ".salesforce.mil",
    ".crmforce.mil",
    ".sfcrmproducts.cn",
    ".sfcrmapps.cn",
];

/// Hosts that people copy from their browser, and the matching hosts for the sign-in.
const SAME_ORG: [(&str, &str); 5] = [
    (".lightning.force.com", ".my.salesforce.com"),
    (".my.salesforce-setup.com", ".my.salesforce.com"),
    (".lightning.crmforce.mil", ".my.salesforce.mil"),
    (".my.salesforce-setup.mil", ".my.salesforce.mil"),
    (".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn"),
];

const GENERIC: [&str; 4] = [
    "login.salesforce.com",
    "test.salesforce.com",
    "login.sfcrmproducts.cn",
    "test.sfcrmproducts.cn",
];

impl FromStr for LoginUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text, &[])
    }
}

/// A domain with a leading dot. None if it is not a domain, or a top-level domain.
fn suffix(text: &str) -> Option<String> {
    let domain = text.trim().trim_start_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let labels = domain.split('.');
    (labels.clone().count() >= 2 && labels.clone().all(is_label)).then(|| format!(".{domain}"))
}

impl LoginUrl {
    /// Reads a URL. Hosts in the domains `suffixes` count as Salesforce hosts.
    ///
    /// # Errors
    /// It is not an https URL of Salesforce, or a suffix is not a domain.
    pub fn new(text: &str, suffixes: &[String]) -> Result<Self, Error> {
        let all: Option<Vec<String>> = suffixes.iter().map(|text| suffix(text)).collect();
        let suffixes = all.ok_or(Error::LoginUrl("org.login_suffixes holds what is no domain"))?;
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
        let same = SAME_ORG
            .iter()
            .find_map(|(page, login)| host.strip_suffix(page).map(|name| format!("{name}{login}")));
        if let Some(login) = same {
            url.set_host(Some(&login)).map_err(|_| Error::LoginUrl("it has no host"))?;
        }
        if !is_loopback(&url) && !is_salesforce(&url, &suffixes) {
            return Err(Error::LoginUrl(
                "the host is not one of Salesforce; an administrator can add its domain to \
                 org.login_suffixes",
            ));
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self { url, suffixes })
    }
}

impl fmt::Display for LoginUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl LoginUrl {
    /// The URL with `/` as its path.
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// The host name.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url
    }

    /// Checks the `instance_url` of a token answer: the configured host itself, any Salesforce
    /// host after a generic login, loopback only after a loopback login.
    pub(crate) fn instance(&self, text: &str) -> Result<Url, Error> {
        let mut url = self.same_world(text)?;
        let generic = GENERIC.contains(&self.host());
        if !is_loopback(&self.url) && !generic && url.host() != self.url.host() {
            return Err(foreign(&url));
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(url)
    }

    /// Checks a URL that is only read, never called. With a generic login host, it may be on
    /// another Salesforce host than the org's.
    pub(crate) fn same_world(&self, text: &str) -> Result<Url, Error> {
        let url = Url::parse(text).map_err(|_| Error::ForeignInstance { host: String::new() })?;
        let clean =
            url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
        let loopback = is_loopback(&self.url);
        let admitted =
            if loopback { is_loopback(&url) } else { is_salesforce(&url, &self.suffixes) };
        if clean && admitted { Ok(url) } else { Err(foreign(&url)) }
    }
}

impl LoginUrl {
    /// Whether a host can belong to an org.
    pub(crate) fn admits(&self, host: &str) -> bool {
        Url::parse(&format!("https://{host}/")).is_ok_and(|url| is_salesforce(&url, &self.suffixes))
    }

    /// Whether a host belongs to the org: its API host, or one of its page hosts, which start with
    /// the same name. With a generic login host, before the first answer, any Salesforce host may
    /// belong to it.
    pub(crate) fn is_of_org(&self, instance: Option<&str>, host: &str) -> bool {
        let Ok(url) = Url::parse(&format!("https://{host}/")) else { return false };
        let Some(host) = url.host_str() else { return false };
        if is_loopback(&self.url) {
            return is_loopback(&url);
        }
        let known = instance.unwrap_or(self.host());
        if GENERIC.contains(&known) {
            return is_salesforce(&url, &self.suffixes);
        }
        host == known
            || (is_salesforce(&url, &self.suffixes) && my_domain(host) == my_domain(known))
    }
}

/// The part of a host that identifies the org: My Domain, with its sandbox and type of org.
fn my_domain(host: &str) -> &str {
    let ends = [".my.", ".lightning.", ".file.", ".vf.", ".builder.", ".cloudforce.", ".database."];
    let end = ends.iter().filter_map(|part| host.find(part)).min();
    let named = host.get(..end.unwrap_or(host.len())).unwrap_or(host);
    // Hosts of Visualforce and package pages have the namespace after the name.
    match (named.rsplit_once("--"), host.contains(".vf.")) {
        (Some((name, _)), true) if !named.contains(".sandbox") => name,
        _ => named,
    }
}

fn foreign(url: &Url) -> Error {
    Error::ForeignInstance { host: crate::error::shown(url.host_str().unwrap_or_default()) }
}

fn is_salesforce(url: &Url, suffixes: &[String]) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    url.port().is_none()
        && ALLOWED
            .iter()
            .copied()
            .chain(suffixes.iter().map(String::as_str))
            .any(|suffix| host.len() > suffix.len() && host.ends_with(suffix))
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
            ("https://acme.develop.lightning.force.com", "https://acme.develop.my.salesforce.com"),
            ("https://acme.lightning.crmforce.mil/", "https://acme.my.salesforce.mil"),
            ("https://acme.lightning.sfcrmapps.cn/", "https://acme.my.sfcrmproducts.cn"),
            ("https://acme.cloudforce.com", "https://acme.cloudforce.com"),
            ("https://acme.database.com", "https://acme.database.com"),
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
    fn an_administrator_can_add_a_domain() {
        let text = "https://acme.crm.example.gov";
        let added = LoginUrl::new(text, &["crm.example.gov".to_owned()]).unwrap();
        assert!(added.instance("https://acme.crm.example.gov/").is_ok());
        assert!(added.instance("https://evil.test/").is_err());
        let refused = text.parse::<LoginUrl>().unwrap_err().to_string();
        assert!(refused.contains("org.login_suffixes"), "{refused}");
        for bad in ["", ".", "gov", ".com", "a..b", "a/b.c", "*.example.gov"] {
            assert!(LoginUrl::new(text, &[bad.to_owned()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn s6_a_pasted_address_has_to_be_of_the_org() {
        let acme = login("https://acme.my.salesforce.com");
        let old = login("https://acme.cloudforce.com");
        let uat = login("https://acme--uat.sandbox.my.salesforce.com");
        let generic = login("https://login.salesforce.com");
        for (login, instance, host, expected) in [
            (&acme, None, "acme.lightning.force.com", true),
            (&acme, None, "ACME.my.salesforce.com", true),
            (&acme, None, "acme.my.salesforce-setup.com", false),
            (&acme, None, "acme--c.vf.force.com", true),
            (&acme, None, "acme--uat.sandbox.lightning.force.com", false),
            (&acme, None, "other.lightning.force.com", false),
            (&acme, None, "acme.lightning.force.com.evil.test", false),
            (&acme, None, "acme.evil.test", false),
            (&uat, None, "acme--uat.sandbox.lightning.force.com", true),
            (&old, None, "acme.lightning.force.com", true),
            (&uat, None, "acme.lightning.force.com", false),
            (&generic, None, "acme.lightning.force.com", true),
            (&generic, Some("acme.my.salesforce.com"), "acme.lightning.force.com", true),
            (&generic, Some("acme.my.salesforce.com"), "other.lightning.force.com", false),
            (&generic, None, "evil.test", false),
        ] {
            assert_eq!(login.is_of_org(instance, host), expected, "{login} {host}");
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
