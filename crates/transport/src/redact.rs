//! URLs in a form that may appear in logs and messages.

use url::Url;

/// Scheme, host, port and path of a URL: no query, fragment or user info.
pub fn without_query(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // These only fail for URLs that can't have user info.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_an_address_is_shown_without_query_fragment_and_user_info() {
        for (url, shown) in [
            ("https://h.test/a?ak=secret#x", "https://h.test/a"),
            ("https://user:secret@h.test:8443/?secret", "https://h.test:8443/"),
            ("mailto:secret?x", "mailto:secret"),
        ] {
            assert_eq!(without_query(&url.parse().unwrap()), shown);
        }
    }
}
