//! The grammar of console scripts, read strictly: what a console would not take is refused with a
//! sentence.

use std::collections::BTreeSet;

/// The most commands of a file.
const MAX_COMMANDS: usize = 10;
const MAX_TEXT: usize = 255;
const MAX_CUSTOM: usize = 1024;
const CUSTOM: &str = "session.custom.";

/// A command of a script: its action and its decoded pairs, each name once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) action: String,
    pub(crate) pairs: Vec<(String, String)>,
}

impl Command {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Code names and values of the custom fields.
    pub(crate) fn custom(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(CUSTOM)?, value.as_str())))
    }
}

/// What a parameter may hold.
enum Value {
    Text,
    Port,
    Size,
    OneOf(&'static [&'static str]),
}

struct Parameter {
    name: &'static str,
    required: bool,
    value: Value,
}

const fn text(name: &'static str) -> Parameter {
    Parameter { name, required: false, value: Value::Text }
}

const fn needed(name: &'static str) -> Parameter {
    Parameter { name, required: true, value: Value::Text }
}

const fn word(name: &'static str, words: &'static [&'static str]) -> Parameter {
    Parameter { name, required: false, value: Value::OneOf(words) }
}

const ITEM_METHODS: &[&str] = &["push", "local_push", "pinned", "rdp", "vnc", "shelljump"];
const QUALITIES: &[&str] = &["low", "performance", "performance_quality", "quality"];

fn parameters(action: &str) -> Option<Vec<Parameter>> {
    Some(match action {
        "login" => {
            vec![word("mechanism", &["username_password"]), text("username"), text("password")]
        }
        "generate_session_key" => vec![text("public_portal_hostname")],
        "start_jump_item_session" => vec![
            text("search_string"),
            text("client.comments"),
            text("client.hostname"),
            text("client.private_ip"),
            text("client.public_ip"),
            text("client.tag"),
            word("jump.method", ITEM_METHODS),
            text("credential_id"),
        ],
        "push_and_start_local" => vec![needed("hostname")],
        "push_and_start_remote" | "start_vnc_session" => vec![needed("target"), text("jumpoint")],
        "start_rdp_session" => vec![
            needed("target"),
            text("jumpoint"),
            text("username"),
            Parameter { name: "display_size", required: false, value: Value::Size },
            word("quality", QUALITIES),
            word("console", &["no", "yes"]),
        ],
        "start_shell_jump_session" => vec![
            needed("target"),
            text("jumpoint"),
            text("username"),
            word("protocol", &["ssh", "telnet"]),
            Parameter { name: "port", required: false, value: Value::Port },
            word("terminal", &["xterm", "vt100"]),
        ],
        "start_vpro_session" => vec![needed("target"), needed("jumpoint")],
        _ => return None,
    })
}

/// Reads a script file: the version line, then one command a line.
pub(crate) fn read_file(file: &str) -> Result<Vec<Command>, String> {
    let mut lines = file.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let version = lines.next().unwrap_or_default();
    let is_version = version.strip_prefix("BRCS").is_some_and(|rest| {
        matches!(rest.as_bytes(), [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
    });
    if !is_version {
        return Err("The file does not begin with BRCS and its version.".to_owned());
    }
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    read_lines(&lines)
}

/// Reads what follows `--run-script`: one command.
pub(crate) fn read_argument(script: &str) -> Result<Vec<Command>, String> {
    read_lines(&[script])
}

fn read_lines(lines: &[&str]) -> Result<Vec<Command>, String> {
    if lines.is_empty() {
        return Err("The script has no command.".to_owned());
    }
    if lines.len() > MAX_COMMANDS {
        return Err(format!("The script has more than {MAX_COMMANDS} commands."));
    }
    lines.iter().map(|line| read_command(line)).collect()
}

fn read_command(line: &str) -> Result<Command, String> {
    let mut pairs = Vec::new();
    for part in line.split('&') {
        let (name, value) =
            part.split_once('=').ok_or("A part of the command is no key=value pair.")?;
        pairs.push((decode(name)?, decode(value)?));
    }
    let (first, action) = pairs.remove(0);
    if first != "action" {
        return Err("The command does not begin with its action.".to_owned());
    }
    let known = parameters(&action).ok_or_else(|| format!("Unknown action '{action}'."))?;
    let command = Command { action, pairs };
    check(&command, &known)?;
    Ok(command)
}

/// Decodes strictly: only unreserved characters stand for themselves.
fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
                let (Some(high), Some(low)) = (digit(), digit()) else {
                    return Err("A percent sign is not followed by two digits.".to_owned());
                };
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => bytes.push(byte),
            _ => return Err("The command has a character that is not encoded.".to_owned()),
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| "The command is not UTF-8.")?;
    match text.chars().any(char::is_control) {
        true => Err("The command has a control character.".to_owned()),
        false => Ok(text),
    }
}

fn check(command: &Command, known: &[Parameter]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (name, value) in &command.pairs {
        if !seen.insert(name) {
            return Err(format!("'{name}' is given twice."));
        }
        if let Some(code) = name.strip_prefix(CUSTOM) {
            if code.is_empty() || value.chars().count() > MAX_CUSTOM {
                return Err(format!("'{name}' is not a custom field or too long."));
            }
            continue;
        }
        let parameter = known.iter().find(|parameter| parameter.name == name);
        let parameter =
            parameter.ok_or_else(|| format!("'{}' does not take '{name}'.", command.action))?;
        if !fits(&parameter.value, value) {
            return Err(format!("'{name}' has a value that is not allowed."));
        }
    }
    let missing = |parameter: &&Parameter| {
        parameter.required && command.get(parameter.name).is_none_or(str::is_empty)
    };
    if let Some(parameter) = known.iter().find(missing) {
        return Err(format!("'{}' needs '{}'.", command.action, parameter.name));
    }
    check_together(command)
}

/// What parameters of one action ask of each other.
fn check_together(command: &Command) -> Result<(), String> {
    match command.action.as_str() {
        "login" => match command.pairs.len() {
            0 | 3 => Ok(()),
            _ => Err("'login' needs all of mechanism, username and password, or none.".to_owned()),
        },
        "start_jump_item_session" => {
            let searches = |name: &str| name == "search_string" || name.starts_with("client.");
            match command.pairs.iter().any(|(name, value)| searches(name) && !value.is_empty()) {
                true => Ok(()),
                false => Err("A Jump Item needs search_string or a client filter.".to_owned()),
            }
        }
        _ => Ok(()),
    }
}

fn fits(kind: &Value, value: &str) -> bool {
    match kind {
        Value::Text => value.chars().count() <= MAX_TEXT,
        Value::Port => value.parse::<u16>().is_ok_and(|port| port > 0),
        Value::Size => {
            matches!(value, "primary_display" | "all_displays")
                || value.split_once('x').is_some_and(|(width, height)| {
                    width.parse::<u16>().is_ok() && height.parse::<u16>().is_ok()
                })
        }
        Value::OneOf(words) => words.contains(&value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(script: &str) -> String {
        read_argument(script).expect_err(script)
    }

    #[test]
    fn a_command_is_decoded() {
        let script = "action=start_rdp_session&target=PC%2D1&jumpoint=Branch%207\
                      &session.custom.external_key=500x";
        let commands = read_argument(script).unwrap();
        assert_eq!(commands[0].get("target"), Some("PC-1"));
        assert_eq!(commands[0].get("jumpoint"), Some("Branch 7"));
        assert_eq!(commands[0].custom().collect::<Vec<_>>(), [("external_key", "500x")]);
    }

    #[test]
    fn what_the_manual_does_not_allow_is_refused() {
        for (script, why) in [
            ("", "no key=value"),
            ("target=x&action=push_and_start_local", "begin with its action"),
            ("action=reboot", "Unknown action"),
            ("action=push_and_start_local", "needs 'hostname'"),
            ("action=push_and_start_local&hostname=", "needs 'hostname'"),
            ("action=push_and_start_local&hostname=a&hostname=b", "twice"),
            ("action=push_and_start_local&hostname=a&target=b", "does not take"),
            ("action=push_and_start_local&hostname=a b", "not encoded"),
            ("action=push_and_start_local&hostname=a%0Ab", "control"),
            ("action=push_and_start_local&hostname=a%4", "two digits"),
            ("action=start_vpro_session&target=a", "needs 'jumpoint'"),
            ("action=start_rdp_session&target=a&quality=best", "not allowed"),
            ("action=start_shell_jump_session&target=a&port=0", "not allowed"),
            ("action=start_jump_item_session&jump.method=rdp", "search_string"),
            ("action=login&username=ada", "all of"),
        ] {
            assert!(refused(script).contains(why), "{script}: {}", refused(script));
        }
        let long = format!("action=push_and_start_local&hostname={}", "x".repeat(256));
        assert!(refused(&long).contains("not allowed"));
    }

    #[test]
    fn a_file_has_a_version_and_ten_commands_at_most() {
        let command = "action=push_and_start_local&hostname=a\n";
        assert_eq!(read_file(&format!("BRCS1.0\n{}", command.repeat(10))).unwrap().len(), 10);
        assert_eq!(read_file("BRCS1.0\r\naction=login\r\n").unwrap().len(), 1);
        for file in [
            format!("BRCS1.0\n{}", command.repeat(11)),
            command.to_owned(),
            "BRCS1.0\n".to_owned(),
            "BRCS10\naction=login\n".to_owned(),
        ] {
            assert!(read_file(&file).is_err(), "{file}");
        }
    }
}
