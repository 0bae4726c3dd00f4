//! Scripts for the representative console (`docs/protocols/beyondtrust.md#representative-console`):
//! one command, built from a validated action, never from text (S5).
//!
//! The same pairs are sent in one of three ways: as the argument of `--run-script`, as a BRCS file,
//! or as the URL of the appliance's `client_script` page. A script returns no result. Only the
//! appliance's sessions show whether it worked.

use casebridge_domain::jump::{Console, ConsoleAction, Criterion, Jump, JumpItem, Rdp, Shell};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::command::attributes;
use crate::error::Error;

/// The first line of a script file.
const VERSION_LINE: &str = "BRCS1.0";
/// Everything but the unreserved characters of RFC 3986 is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A script with one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleScript {
    action: &'static str,
    parameters: Vec<(String, String)>,
}

impl ConsoleScript {
    /// Creates the script for an action, with `external_key` and other custom fields by code name
    /// for its session.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`]: a custom field is over its limits or has a control character.
    pub fn new(
        action: &ConsoleAction,
        external_key: Option<&str>,
        custom: &[(String, String)],
    ) -> Result<Self, Error> {
        let custom = attributes::parameters(external_key, custom)?;
        if custom.iter().any(|(_, value)| value.chars().any(char::is_control)) {
            return Err(Error::InvalidParameter("a custom field has a control character"));
        }
        let (action, mut parameters) = parts_of(action);
        parameters.extend(custom);
        Ok(Self { action, parameters })
    }

    /// The action's name on the wire.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// The decoded names and values after the action, in the order in which they are sent.
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// The command: `action=NAME&key=value…`, percent-encoded, on one line.
    pub fn line(&self) -> String {
        let mut line = format!("action={}", self.action);
        for (name, value) in &self.parameters {
            let [name, value] = [name, value].map(|text| utf8_percent_encode(text, ENCODED));
            line += &format!("&{name}={value}");
        }
        line
    }

    /// The content of a script file.
    pub fn file(&self) -> String {
        format!("{VERSION_LINE}\n{}\n", self.line())
    }

    /// The URL of the appliance's page for the script. For the desktop console it returns a script
    /// file, for the web console it runs the action.
    pub fn page(&self, site: &Url, console: Console) -> Url {
        let (kind, operation) = match console {
            Console::Desktop => ("rep", "generate"),
            Console::Web => ("web_console", "execute"),
        };
        let mut page = site.clone();
        page.set_path("/api/client_script");
        page.set_query(Some(&format!("type={kind}&operation={operation}&{}", self.line())));
        page
    }

    /// Whether the web console is documented to support the action, which is true only for Jump
    /// Items.
    pub fn is_documented_for_web(&self) -> bool {
        self.action == ITEM
    }
}

const ITEM: &str = "start_jump_item_session";

type Parts = (&'static str, Vec<(String, String)>);

fn parts_of(action: &ConsoleAction) -> Parts {
    let mut list = List::default();
    let name = match action {
        ConsoleAction::GenerateSessionKey { portal } => {
            list.add("public_portal_hostname", portal.as_ref().map(|text| text.as_str()));
            "generate_session_key"
        }
        ConsoleAction::Jump(jump) => jump_parts(jump, &mut list),
    };
    (name, list.0)
}

/// Only given values are sent. The console decides the rest.
#[derive(Default)]
struct List(Vec<(String, String)>);

impl List {
    fn add(&mut self, name: &str, value: Option<impl ToString>) {
        self.0.extend(value.map(|value| (name.to_owned(), value.to_string())));
    }
}

fn jump_parts(jump: &Jump, list: &mut List) -> &'static str {
    let text = casebridge_domain::jump::ConsoleText::as_str;
    match jump {
        Jump::Item(item) => item_parts(item, list),
        Jump::PushLocal { hostname } => {
            list.add("hostname", Some(hostname.as_str()));
            "push_and_start_local"
        }
        Jump::PushRemote { target, jumpoint } => {
            list.add("target", Some(target.as_str()));
            list.add("jumpoint", jumpoint.as_ref().map(text));
            "push_and_start_remote"
        }
        Jump::Rdp(rdp) => rdp_parts(rdp, list),
        Jump::Vnc { target, jumpoint } => {
            list.add("target", Some(target.as_str()));
            list.add("jumpoint", jumpoint.as_ref().map(text));
            "start_vnc_session"
        }
        Jump::Shell(shell) => shell_parts(shell, list),
        Jump::Vpro { target, jumpoint } => {
            list.add("target", Some(target.as_str()));
            list.add("jumpoint", Some(jumpoint.as_str()));
            "start_vpro_session"
        }
    }
}

fn item_parts(item: &JumpItem, list: &mut List) -> &'static str {
    for (criterion, text) in item.criteria() {
        let name = match criterion {
            Criterion::Search => "search_string",
            Criterion::Comments => "client.comments",
            Criterion::Hostname => "client.hostname",
            Criterion::PrivateIp => "client.private_ip",
            Criterion::PublicIp => "client.public_ip",
            Criterion::Tag => "client.tag",
        };
        list.add(name, Some(text.as_str()));
    }
    list.add("jump.method", item.method.map(|method| method.as_str()));
    list.add("credential_id", item.credential_id.as_ref().map(|id| id.as_str()));
    ITEM
}

fn rdp_parts(rdp: &Rdp, list: &mut List) -> &'static str {
    list.add("target", Some(rdp.target.as_str()));
    list.add("jumpoint", rdp.jumpoint.as_ref().map(|text| text.as_str()));
    list.add("username", rdp.username.as_ref().map(|text| text.as_str()));
    list.add("display_size", rdp.display_size);
    list.add("quality", rdp.quality.map(|quality| quality.as_str()));
    list.add("console", rdp.console.map(|on| if on { "yes" } else { "no" }));
    "start_rdp_session"
}

fn shell_parts(shell: &Shell, list: &mut List) -> &'static str {
    list.add("target", Some(shell.target.as_str()));
    list.add("jumpoint", shell.jumpoint.as_ref().map(|text| text.as_str()));
    list.add("username", shell.username.as_ref().map(|text| text.as_str()));
    list.add("protocol", shell.protocol.map(|protocol| protocol.as_str()));
    list.add("port", shell.port);
    list.add("terminal", shell.terminal.map(|terminal| terminal.as_str()));
    "start_shell_jump_session"
}

#[cfg(test)]
mod tests;
