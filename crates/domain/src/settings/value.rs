//! The values of settings that the standard library has no type for.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;
use url::Url;

/// A number of whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub(super) u32);

impl Seconds {
    /// The number.
    pub fn count(self) -> u32 {
        self.0
    }

    /// The same as a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

/// A web address without a name or password, in the spelling that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    text: String,
    url: Url,
}

impl Address {
    /// Reads an address with one of the schemes that Casebridge can use.
    fn read(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        // A password would stand in a file, and on screens, in clear text.
        let is_open = url.username().is_empty() && url.password().is_none();
        let is_known = matches!(url.scheme(), "https" | "http" | "socks5" | "socks5h");
        (url.has_host() && is_known && is_open).then(|| Self { text: text.to_owned(), url })
    }

    /// The address as it was entered.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address with this parameter: one that is there gets the value, otherwise it is added. The
    /// other parameters stay as they are. Name and value must need no encoding.
    pub fn with_parameter(&self, name: &str, value: &str) -> Url {
        let mut url = self.url.clone();
        let is_it = |part: &str| {
            let own = part.split_once('=').map_or(part, |(own, _)| own);
            own.eq_ignore_ascii_case(name)
        };
        let parts = url.query().unwrap_or_default().split('&').filter(|part| !part.is_empty());
        let mut parts: Vec<String> = parts.map(str::to_owned).collect();
        match parts.iter_mut().find(|part| is_it(part)) {
            Some(part) => {
                let own = part.split_once('=').map_or(part.as_str(), |(own, _)| own);
                *part = format!("{own}={value}");
            }
            None => parts.push(format!("{name}={value}")),
        }
        url.set_query(Some(&parts.join("&")));
        url
    }

    /// The parts of the address.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

/// The text is no address that Casebridge can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a whole address, such as https://example.com, without a name or password.")]
pub struct AddressError;

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::read(text).ok_or(AddressError)
    }
}

/// The API name of a field, which an administrator chose: letters, digits and `_` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(Cow<'static, str>);

/// The text is not the API name of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the API name of a field, such as BeyondTrust_Username__c.")]
pub struct FieldNameError;

impl FieldName {
    /// A name in the table of settings; a test checks each default.
    pub(super) const fn built_in(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FieldName {
    type Err = FieldNameError;

    fn from_str(text: &str) -> Result<Self, FieldNameError> {
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let clean = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        match begins && clean && text.len() <= 80 {
            true => Ok(Self(Cow::Owned(text.to_owned()))),
            false => Err(FieldNameError),
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A public portal of an appliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// The name, as session reports have it. Without a name of its own, its host name.
    pub name: String,
    /// The host name of its URLs. Only the default portal needs none.
    pub host: Option<String>,
}

impl Portal {
    /// The name of the portal that an appliance uses if none is chosen.
    const DEFAULT: &str = "Default";

    /// Reads `NAME=HOST`, `HOST`, or the name of the default portal.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let host_of = |text: &str| {
            let host = super::form::host_in(text).map(str::to_owned);
            host.ok_or_else(|| {
                format!("“{text}” is not a host name, such as hr.support.example.com.")
            })
        };
        match text.split_once('=') {
            Some((name, host)) if !name.trim().is_empty() => {
                Ok(Self { name: name.trim().to_owned(), host: Some(host_of(host.trim())?) })
            }
            Some(_) => Err(format!("“{text}” has no name before the equals sign.")),
            None if text.eq_ignore_ascii_case(Self::DEFAULT) => {
                Ok(Self { name: Self::DEFAULT.to_owned(), host: None })
            }
            None if text.contains(['.', ':']) => {
                let host = host_of(text)?;
                Ok(Self { name: host.clone(), host: Some(host) })
            }
            None => Err(format!(
                "“{text}” is the name of a portal. Enter it with its host name: \
                 {text}=hr.support.example.com."
            )),
        }
    }

    /// Whether a text means this portal: its name, or its host name.
    pub fn is_meant(&self, text: &str) -> bool {
        let is = |known: &str| known.eq_ignore_ascii_case(text);
        is(&self.name) || self.host.as_deref().is_some_and(is)
    }
}

impl fmt::Display for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) if *host != self.name => write!(f, "{}={host}", self.name),
            Some(_) | None => f.write_str(&self.name),
        }
    }
}

/// Ports, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports(Cow<'static, [RangeInclusive<u16>]>);

impl Ports {
    /// The most ports of a range: the org takes so many callback addresses, and not many more.
    pub(super) const MOST: u16 = 50;

    /// Ports in the table of settings.
    pub(super) const fn built_in(ranges: &'static [RangeInclusive<u16>]) -> Self {
        Self(Cow::Borrowed(ranges))
    }

    /// Reads ports and ranges of ports.
    pub(super) fn read(texts: &[String]) -> Option<Self> {
        texts.iter().map(|text| range_in(text)).collect::<Option<Vec<_>>>().map(|r| Self(r.into()))
    }

    /// Each port.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        self.0.iter().cloned().flatten()
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let (first, last) = (range.start(), range.end());
            write!(f, "{comma}{first}")?;
            if first != last {
                write!(f, "-{last}")?;
            }
        }
        Ok(())
    }
}

/// A port, or the ports from one to another, that a program may listen on without special rights.
fn range_in(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u16, u16) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let range = first..=last;
    (first <= last && first >= 1024 && range.len() <= usize::from(Ports::MOST)).then_some(range)
}
