//! Custom session attributes: their parameters, their limits and their elements.

use crate::error::Error;
use crate::xml::Element;

const EXTERNAL_KEY_CHARS: usize = 1024;
const TOTAL_BYTES: usize = 10 * 1024;

/// A custom field of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomAttribute {
    /// The field's code name.
    pub code_name: String,
    /// The field's name for people.
    pub display_name: Option<String>,
    /// The value; empty if it is not set.
    pub value: String,
}

/// The `custom_attribute` elements inside of `list`.
pub(crate) fn read(list: &Element) -> Vec<CustomAttribute> {
    list.all("custom_attribute")
        .filter_map(|item| {
            Some(CustomAttribute {
                code_name: item.field("code_name")?,
                display_name: item.field("display_name"),
                value: item.text().to_owned(),
            })
        })
        .collect()
}

/// The parameters for the external key and other custom fields, checked against the limits.
pub(crate) fn parameters(
    external_key: Option<&str>,
    custom: &[(String, String)],
) -> Result<Vec<(String, String)>, Error> {
    if external_key.is_some_and(|key| key.chars().count() > EXTERNAL_KEY_CHARS) {
        return Err(Error::InvalidParameter("the external key is longer than 1024 characters"));
    }
    if !custom.iter().all(|(code, _)| is_code_name(code)) {
        return Err(Error::InvalidParameter("a custom field's code name is not one"));
    }
    let external = external_key.map(|key| ("external_key", key));
    let custom = custom.iter().map(|(code, value)| (code.as_str(), value.as_str()));
    let all: Vec<_> = external.into_iter().chain(custom).collect();
    if all.iter().map(|(_, value)| value.len()).sum::<usize>() > TOTAL_BYTES {
        return Err(Error::InvalidParameter("the custom fields are larger than 10 KB"));
    }
    Ok(all
        .into_iter()
        .map(|(code, value)| (format!("session.custom.{code}"), value.to_owned()))
        .collect())
}

/// Whether the text is a code name other than the external key's, which has its own parameter.
fn is_code_name(code: &str) -> bool {
    !code.is_empty()
        && code != "external_key"
        && code.len() <= 64
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_dotted_parameters() {
        let custom = [("site_code".to_owned(), "B&1".to_owned())];
        assert_eq!(
            parameters(Some(""), &custom).unwrap(),
            [
                ("session.custom.external_key".to_owned(), String::new()),
                ("session.custom.site_code".to_owned(), "B&1".to_owned()),
            ]
        );
        assert_eq!(parameters(None, &[]).unwrap(), []);
    }

    #[test]
    fn what_the_appliance_would_not_take_is_not_sent() {
        let field = |code: &str, value: &str| vec![(code.to_owned(), value.to_owned())];
        assert!(parameters(Some(&"\u{e9}".repeat(1024)), &[]).is_ok());
        assert!(parameters(Some(&"e".repeat(1025)), &[]).is_err());
        assert!(parameters(None, &field("a", &"x".repeat(10_240))).is_ok());
        assert!(parameters(None, &field("a", &"x".repeat(10_241))).is_err());
        for code in ["", "external_key", "a b", "a=b", "a&lsid"] {
            assert!(parameters(None, &field(code, "x")).is_err(), "{code}");
        }
    }
}
