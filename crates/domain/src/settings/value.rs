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
    pub(super) fn read(text: &str) -> Option<Self> {
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

    /// The parts of the address.
    pub fn url(&self) -> &Url {
        &self.url
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
