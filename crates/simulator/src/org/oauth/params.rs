//! The parameters of a request.

use std::collections::BTreeMap;

pub(super) type Params = BTreeMap<String, String>;

pub(super) fn param<'p>(params: &'p Params, name: &str) -> &'p str {
    params.get(name).map_or("", String::as_str)
}

pub(super) fn form(body: &[u8]) -> Params {
    url::form_urlencoded::parse(body).into_owned().collect()
}
