//! What the value of a setting looks like: how it is read, with a sentence for people where it cannot
//! be, and how it is written.

use super::choices::{Choice, Word};
use super::value::{self, Address, AddressError, Portal, Ports};
use std::marker::PhantomData;
use std::path::PathBuf;

/// The form of a value, for whoever describes settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text without control characters.
    Text,
    /// Text that may have several lines.
    Lines,
    /// `HOST` or `HOST:PORT`.
    Host,
    /// An `https://` address, or `http`/`socks5` for a proxy.
    Address,
    /// A file's path.
    File,
    /// Texts separated by commas.
    List,
    /// Port numbers separated by commas.
    Ports,
    /// `true` or `false`.
    Switch,
    /// A whole number of seconds between the two bounds.
    Seconds(u32, u32),
    /// A whole number between the two bounds.
    Number(u32, u32),
    /// One of these words.
    OneOf(&'static [Word]),
    /// The API name of a field.
    FieldName,
}

/// The form of a setting's value and the type that code sees.
pub trait Form: 'static {
    /// What code sees.
    type Value: Clone + Send + Sync + 'static;

    /// The form, for whoever describes settings.
    const KIND: Kind;

    /// Reads a text that is not empty and has no space around it.
    ///
    /// # Errors
    /// A sentence for people that says what the value has to look like.
    fn parse(text: &str) -> Result<Self::Value, String>;

    /// The text of a value.
    fn print(value: &Self::Value) -> String;

    /// What is kept of a text that could be read.
    fn normal(text: &str) -> String {
        text.to_owned()
    }
}

/// A setting that may have no value.
#[derive(Debug)]
pub struct Optional<F>(PhantomData<F>);

impl<F: Form> Form for Optional<F> {
    type Value = Option<F::Value>;
    const KIND: Kind = F::KIND;

    fn parse(text: &str) -> Result<Self::Value, String> {
        F::parse(text).map(Some)
    }

    fn print(value: &Self::Value) -> String {
        value.as_ref().map(F::print).unwrap_or_default()
    }

    fn normal(text: &str) -> String {
        F::normal(text)
    }
}

/// One line of text.
#[derive(Debug)]
pub struct Text;

impl Form for Text {
    type Value = String;
    const KIND: Kind = Kind::Text;

    fn parse(text: &str) -> Result<String, String> {
        one_line(text).map(str::to_owned)
    }

    fn print(value: &String) -> String {
        value.clone()
    }
}

fn one_line(text: &str) -> Result<&str, String> {
    match text.chars().any(char::is_control) {
        false => Ok(text),
        true => Err("It must be one line of text.".to_owned()),
    }
}

/// Text that may have several lines.
#[derive(Debug)]
pub struct Lines;

impl Form for Lines {
    type Value = String;
    const KIND: Kind = Kind::Lines;

    fn parse(text: &str) -> Result<String, String> {
        match text.chars().all(|c| !c.is_control() || c.is_whitespace()) {
            true => Ok(text.to_owned()),
            false => Err("It must be plain text.".to_owned()),
        }
    }

    fn print(value: &String) -> String {
        value.clone()
    }
}

/// `HOST` or `HOST:PORT`; what is copied from a browser's address line is accepted, too.
#[derive(Debug)]
pub struct Host;

impl Form for Host {
    type Value = String;
    const KIND: Kind = Kind::Host;

    fn parse(text: &str) -> Result<String, String> {
        let host = host_in(text).map(str::to_owned);
        host.ok_or_else(|| "Enter the host name, such as support.example.com.".to_owned())
    }

    fn print(value: &String) -> String {
        value.clone()
    }

    fn normal(text: &str) -> String {
        host_in(text).unwrap_or(text).to_owned()
    }
}

/// The host in what people copy from their browser's address.
pub(super) fn host_in(text: &str) -> Option<&str> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme))?;
        text.get(scheme.len()..)
    });
    let host = rest.unwrap_or(text).trim_end_matches('/');
    is_host(host).then_some(host)
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    !host.is_empty()
        && text.len() <= 255
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b':')
        && port.is_none_or(|p| p.parse::<u16>().is_ok_and(|p| p > 0))
}

/// A whole web address.
#[derive(Debug)]
pub struct Web;

impl Form for Web {
    type Value = Address;
    const KIND: Kind = Kind::Address;

    fn parse(text: &str) -> Result<Address, String> {
        text.parse().map_err(|error: AddressError| error.to_string())
    }

    fn print(value: &Address) -> String {
        value.as_str().to_owned()
    }
}

/// The path of a file.
#[derive(Debug)]
pub struct File;

impl Form for File {
    type Value = PathBuf;
    const KIND: Kind = Kind::File;

    fn parse(text: &str) -> Result<PathBuf, String> {
        one_line(text).map(PathBuf::from)
    }

    fn print(value: &PathBuf) -> String {
        value.to_string_lossy().into_owned()
    }
}

/// Texts, separated by commas where they stand in one.
#[derive(Debug)]
pub struct List;

impl Form for List {
    type Value = Vec<String>;
    const KIND: Kind = Kind::List;

    fn parse(text: &str) -> Result<Vec<String>, String> {
        Ok(list(text))
    }

    fn print(value: &Vec<String>) -> String {
        value.join(",")
    }

    fn normal(text: &str) -> String {
        list(text).join(",")
    }
}

/// Public portals, separated by commas.
#[derive(Debug)]
pub struct PortalList;

impl Form for PortalList {
    type Value = Vec<Portal>;
    const KIND: Kind = Kind::List;

    fn parse(text: &str) -> Result<Vec<Portal>, String> {
        list(text).iter().map(|text| Portal::read(text)).collect()
    }

    fn print(value: &Vec<Portal>) -> String {
        value.iter().map(Portal::to_string).collect::<Vec<_>>().join(",")
    }

    fn normal(text: &str) -> String {
        list(text).join(",")
    }
}

pub(super) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

/// Ports and ranges of ports, separated by commas.
#[derive(Debug)]
pub struct PortList;

impl Form for PortList {
    type Value = Ports;
    const KIND: Kind = Kind::Ports;

    fn parse(text: &str) -> Result<Ports, String> {
        Ports::read(&list(text)).ok_or_else(|| {
            format!(
                "Enter port numbers from 1024 to 65535, or ranges of {} at most such as \
                 17171-17190, separated by commas.",
                Ports::MOST
            )
        })
    }

    fn print(value: &Ports) -> String {
        value.to_string()
    }

    fn normal(text: &str) -> String {
        list(text).join(",")
    }
}

/// On or off.
#[derive(Debug)]
pub struct Switch;

impl Form for Switch {
    type Value = bool;
    const KIND: Kind = Kind::Switch;

    fn parse(text: &str) -> Result<bool, String> {
        text.parse().map_err(|_| "It must be true or false.".to_owned())
    }

    fn print(value: &bool) -> String {
        value.to_string()
    }
}

/// Whole seconds, from the lowest to the highest number.
#[derive(Debug)]
pub struct Seconds<const LOW: u32, const HIGH: u32>;

impl<const LOW: u32, const HIGH: u32> Form for Seconds<LOW, HIGH> {
    type Value = value::Seconds;
    const KIND: Kind = Kind::Seconds(LOW, HIGH);

    fn parse(text: &str) -> Result<value::Seconds, String> {
        let number = number_in(text, LOW, HIGH).map(value::Seconds);
        number.ok_or_else(|| format!("Enter a number of seconds from {LOW} to {HIGH}."))
    }

    fn print(value: &value::Seconds) -> String {
        value.count().to_string()
    }
}

/// A whole number, from the lowest to the highest.
#[derive(Debug)]
pub struct Number<const LOW: u32, const HIGH: u32>;

impl<const LOW: u32, const HIGH: u32> Form for Number<LOW, HIGH> {
    type Value = u32;
    const KIND: Kind = Kind::Number(LOW, HIGH);

    fn parse(text: &str) -> Result<u32, String> {
        let number = number_in(text, LOW, HIGH);
        number.ok_or_else(|| format!("Enter a number from {LOW} to {HIGH}."))
    }

    fn print(value: &u32) -> String {
        value.to_string()
    }
}

fn number_in(text: &str, low: u32, high: u32) -> Option<u32> {
    text.parse().ok().filter(|number| (low..=high).contains(number))
}

/// One of the words of a choice.
#[derive(Debug)]
pub struct OneOf<C>(PhantomData<C>);

impl<C: Choice> Form for OneOf<C> {
    type Value = C;
    const KIND: Kind = Kind::OneOf(C::WORDS);

    fn parse(text: &str) -> Result<C, String> {
        C::of_word(text).ok_or_else(|| {
            let words: Vec<&str> = C::WORDS.iter().map(|word| word.word).collect();
            format!("It must be one of: {}.", words.join(", "))
        })
    }

    fn print(value: &C) -> String {
        value.word().to_owned()
    }
}

/// The API name of a field.
#[derive(Debug)]
pub struct FieldName;

impl Form for FieldName {
    type Value = value::FieldName;
    const KIND: Kind = Kind::FieldName;

    fn parse(text: &str) -> Result<value::FieldName, String> {
        text.parse::<value::FieldName>().map_err(|error| error.to_string())
    }

    fn print(value: &value::FieldName) -> String {
        value.to_string()
    }
}
