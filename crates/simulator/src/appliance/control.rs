//! What the control page shows of the appliance: keys, sessions and representatives.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::session::Session;
use super::state::State;
use crate::common::clock::at;
use crate::common::html::{button, escape};

pub(crate) fn keys(body: &mut String, state: &State) {
    body.push_str("<h2>Session keys</h2><table id=\"keys\"><tr><th>Key<th>Case<th>Expires<th>");
    for key in state.keys.iter().rev() {
        let external_key = key.attributes.get("external_key").map_or("", String::as_str);
        let _ = write!(
            body,
            "<tr><td><a href=\"{}\">{}</a><td>{}<td>{}<td>{}",
            escape(&key.key_url),
            escape(&key.short_key),
            escape(external_key),
            at(key.expires),
            button("customer/join", "Join as the customer", &[("short_key", &key.short_key)]),
        );
    }
    body.push_str("</table>");
}

pub(crate) fn beginning(body: &mut String, state: &State) {
    let reps: String = state
        .representatives
        .iter()
        .filter(|rep| rep.logged_in_since.is_some())
        .map(|rep| format!("<option value=\"{0}\">{0}", escape(&rep.username)))
        .collect();
    let _ = write!(
        body,
        "<h2>A session without a key</h2>\
         <form class=\"inline\" id=\"begin\" method=\"post\" action=\"/control/session/begin\">\
         <label>With <select name=\"representative\">{reps}</select></label>\
         <label>Customer <input name=\"name\" value=\"Rosa Marin\"></label>\
         <label>Computer <input name=\"hostname\" value=\"FRONTDESK-3\"></label>\
         <button>Begin</button></form>",
    );
}

pub(crate) fn sessions(body: &mut String, state: &State) {
    body.push_str(
        "<h2>Sessions</h2><table id=\"sessions\"><tr><th>Customer<th>Computer<th>Case<th>Console links<th>",
    );
    for session in state.sessions.iter().rev() {
        let ending = match session.end {
            Some(end) => format!("ended {}", at(end)),
            None => {
                let lsid = [("lsid", session.lsid.as_str())];
                button("session/work", "Work", &lsid) + &button("customer/leave", "Leave", &lsid)
            }
        };
        let _ = write!(
            body,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{ending}",
            escape(&session.customer.name),
            escape(&session.customer.hostname),
            escape(session.external_key().unwrap_or_default()),
            custom_links(session),
        );
    }
    body.push_str("</table>");
}

/// The custom links that an administrator gives the console, filled in as it does: spaces become
/// `+` (`docs/protocols/beyondtrust.md#custom-links`).
fn custom_links(session: &Session) -> String {
    let fill =
        |value: &str| url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
    let key = fill(session.external_key().unwrap_or_default());
    format!(
        "<a class=\"open\" href=\"casebridge://open?key={key}\">Open case</a> · \
         <a class=\"tag\" href=\"casebridge://tag?lsid={}\">Tag</a>",
        fill(&session.lsid),
    )
}

pub(crate) fn representatives(body: &mut String, state: &State) {
    body.push_str("<h2>Representatives</h2><table id=\"reps\">");
    for rep in &state.representatives {
        let (action, label) = match rep.logged_in_since {
            Some(_) => ("rep/logout", "Log out"),
            None => ("rep/login", "Log in"),
        };
        let _ = write!(
            body,
            "<tr><td>{}<td>{}<td>{}",
            escape(&rep.private_name),
            escape(&rep.username),
            button(action, label, &[("representative", &rep.username)]),
        );
    }
    body.push_str("</table>");
}

/// What a test may want to know. Secrets and tokens are counted, not shown.
pub(crate) fn describe(state: &State) -> Map<String, Value> {
    let now = state.common.clock.now();
    let live = state.tokens.iter().filter(|token| token.expires > now).count();
    Map::from_iter([
        ("appliance".to_owned(), json!(state)),
        ("appliance_tokens".to_owned(), json!(live)),
        ("keys".to_owned(), json!(state.keys)),
        ("sessions".to_owned(), json!(state.sessions)),
    ])
}

/// The running sessions whose external key fits: what a component of the org's page that asks the
/// appliance shows.
pub(crate) fn running_sessions(state: &State, fits: impl Fn(&str) -> bool) -> String {
    let running = state.sessions.iter().filter(|session| session.end.is_none());
    let list: String = running
        .filter(|session| session.external_key().is_some_and(&fits))
        .map(|session| {
            format!(
                "<article class=\"session\">{} on {} with {}</article>",
                escape(&session.customer.name),
                escape(&session.customer.hostname),
                escape(session.representatives.first().map_or("nobody", |rep| &rep.username)),
            )
        })
        .collect();
    if list.is_empty() { "<p>None.</p>".to_owned() } else { list }
}
