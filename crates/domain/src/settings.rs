//! Settings: three layers, policy over user over default, and the origin of each value.
//!
//! A layer is a flat map from a dotted key to its text; files hold the same as nested TOML tables
//! (`docs/administrator.md#settings`). A policy value that does not parse locks its key to the
//! default and is reported; it never falls through to the user's value.

use crate::deep_link::is_appliance_name;
use crate::survey_transition::TransitionRule;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// The version that is written into settings files.
pub const VERSION: i64 = 1;

/// The name that the first appliance must have, as in the vendor's set-up.
pub const DEFAULT_APPLIANCE: &str = "Default";

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Set by IT; locked.
    Policy,
    /// Set by the user.
    User,
    /// Built in.
    Default,
}

impl Origin {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::User => "user",
            Self::Default => "default",
        }
    }
}

/// What a value must look like.
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
    OneOf(&'static [&'static str]),
    /// The API name of a field.
    FieldName,
}

/// One setting: its key, form and default.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The dotted key; for an appliance's settings the part behind `appliance.<name>.`.
    pub key: &'static str,
    /// The form of the value.
    pub kind: Kind,
    /// The value when nobody set one.
    pub default: &'static str,
}

const fn setting(key: &'static str, kind: Kind, default: &'static str) -> Setting {
    Setting { key, kind, default }
}

/// The words of `org.username_source`.
pub const USERNAME_SOURCES: &[&str] =
    &["user_field", "user_name", "user_name_local_part", "federation_id", "os_user"];

/// The settings of each appliance, below `appliance.<name>.`.
pub const APPLIANCE_SETTINGS: &[Setting] = &[
    setting("hostname", Kind::Host, ""),
    setting("client_id", Kind::Text, ""),
    setting("ca_file", Kind::File, ""),
    setting("portals", Kind::List, ""),
    setting("import_all_sessions", Kind::Switch, "false"),
    setting("import_portals", Kind::List, ""),
    setting("event_types", Kind::List, ""),
    setting("external_recording_base_url", Kind::Address, ""),
    setting("use_rep_console_for_session_keys", Kind::Switch, "false"),
];

/// The settings of each rule by which an exit survey moves a case, below `transition.<name>.`.
pub const TRANSITION_SETTINGS: &[Setting] = &[
    setting("survey", Kind::OneOf(&["Customer", "Representative"]), "Representative"),
    setting("question", Kind::Text, ""),
    setting("answer", Kind::Text, ""),
    setting("case_status", Kind::Text, ""),
    setting("owner", Kind::Text, ""),
    setting("comment", Kind::Lines, ""),
    setting("position", Kind::Number(0, 9999), "100"),
];

/// Every other setting.
pub const SETTINGS: &[Setting] = &[
    setting("org.login_url", Kind::Address, ""),
    setting("org.client_id", Kind::Text, ""),
    setting("org.ca_file", Kind::File, ""),
    setting("org.login_suffixes", Kind::List, ""),
    setting("org.redirect_ports", Kind::Ports, "17171-17190"),
    setting("org.external_key_writes", Kind::OneOf(&["case_id", "case_number"]), "case_id"),
    setting("org.case_field_map.external_key", Kind::FieldName, ""),
    setting("org.username_source", Kind::OneOf(USERNAME_SOURCES), "user_field"),
    setting("org.username_field", Kind::FieldName, "BeyondTrust_Username__c"),
    setting("org.record_session_keys", Kind::Switch, "false"),
    setting("org.asset_host_field", Kind::FieldName, ""),
    setting("org.contact_host_field", Kind::FieldName, ""),
    setting("rep_console.path", Kind::File, ""),
    setting("rep_console.site_name", Kind::Text, ""),
    setting("rep_console.web_actions", Kind::OneOf(&["documented", "all"]), "documented"),
    setting("jump.patience", Kind::Seconds(5, 600), "60"),
    setting("key.default_kind", Kind::OneOf(&["server", "console", "web"]), "server"),
    setting("key.ttl", Kind::Seconds(60, 604_800), "3600"),
    setting("email.template", Kind::Lines, ""),
    setting("sessions.look_back", Kind::Seconds(3600, 259_200), "43200"),
    setting("tag.offer", Kind::Switch, "true"),
    setting("import.enabled", Kind::Switch, "true"),
    setting("import.survey_patience", Kind::Seconds(0, 2_592_000), "604800"),
    setting("poll.interval", Kind::Seconds(1, 600), "10"),
    setting("ui.language", Kind::OneOf(&["en"]), "en"),
    setting("ui.autostart", Kind::Switch, "true"),
    setting("ui.jump_shortcut", Kind::Text, ""),
    setting("updates.enabled", Kind::Switch, "true"),
    setting("network.proxy", Kind::Address, ""),
    setting("log.level", Kind::OneOf(&["error", "warn", "info", "debug", "trace"]), "info"),
];

/// Keys that a file may hold and that this version does not use yet.
const RESERVED: &[&str] = &["outbound_event_token"];

/// The settings that there may be several of, each below a name of its own.
const NAMED: [(&str, &[Setting]); 2] =
    [("appliance.", APPLIANCE_SETTINGS), ("transition.", TRANSITION_SETTINGS)];

/// Finds the setting of a dotted key.
pub fn find(key: &str) -> Option<&'static Setting> {
    for (prefix, settings) in NAMED {
        if let Some(rest) = key.strip_prefix(prefix) {
            let (name, field) = rest.split_once('.')?;
            let known = settings.iter().find(|setting| setting.key == field);
            return known.filter(|_| is_appliance_name(name));
        }
    }
    SETTINGS.iter().find(|s| s.key == key)
}

/// One layer: texts by dotted key.
pub type Layer = BTreeMap<String, String>;

/// What was wrong with a part of a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The dotted key, or `settings file`.
    pub key: String,
    /// What is wrong, for people.
    pub reason: String,
}

/// A value with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The dotted key.
    pub key: String,
    /// The text.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    values: BTreeMap<String, Value>,
    /// What was found wrong while reading; shown by the doctor.
    pub problems: Vec<Problem>,
}

/// Checks a value against its setting and returns its normal form.
///
/// # Errors
/// A sentence for people that says what the value has to look like.
pub fn check(setting: &Setting, value: &str) -> Result<String, String> {
    let text = value.trim();
    if text.is_empty() {
        return Ok(setting.default.to_owned());
    }
    let no_control =
        !text.chars().any(|c| c.is_control() && !(setting.kind == Kind::Lines && c == '\n'));
    let ok = |good: bool, say: &str| if good { Ok(text.to_owned()) } else { Err(say.to_owned()) };
    match setting.kind {
        Kind::Text | Kind::File => ok(no_control, "It must be one line of text."),
        Kind::Lines => {
            ok(text.chars().all(|c| !c.is_control() || c.is_whitespace()), "It must be plain text.")
        }
        Kind::Host => match host_in(text) {
            Some(host) => Ok(host.to_owned()),
            None => Err("Enter the host name, such as support.example.com.".to_owned()),
        },
        Kind::Address => {
            const HOW: &str =
                "Enter a whole address, such as https://example.com, without a name or password.";
            ok(is_address(text), HOW)
        }
        Kind::List => Ok(list(text).join(",")),
        Kind::Ports => {
            let ports = list(text);
            let good = |text: &String| {
                ports_in(text).is_some_and(|range| {
                    *range.start() >= 1024 && range.len() <= usize::from(MOST_PORTS)
                })
            };
            if ports.iter().all(good) {
                Ok(ports.join(","))
            } else {
                Err(format!(
                    "Enter port numbers from 1024 to 65535, or ranges of {MOST_PORTS} at most such as \
                     17171-17190, separated by commas."
                ))
            }
        }
        Kind::Switch => ok(matches!(text, "true" | "false"), "It must be true or false."),
        Kind::Seconds(low, high) => ok(
            text.parse::<u32>().is_ok_and(|n| (low..=high).contains(&n)),
            &format!("Enter a number of seconds from {low} to {high}."),
        ),
        Kind::Number(low, high) => ok(
            text.parse::<u32>().is_ok_and(|n| (low..=high).contains(&n)),
            &format!("Enter a number from {low} to {high}."),
        ),
        Kind::OneOf(words) => {
            ok(words.contains(&text), &format!("It must be one of: {}.", words.join(", ")))
        }
        Kind::FieldName => ok(
            text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.len() <= 80
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
            "Enter the API name of a field, such as BeyondTrust_Username__c.",
        ),
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

/// The most ports of a range: the org takes so many callback addresses, and not many more.
const MOST_PORTS: u16 = 50;

/// A port, or the ports from one to another.
fn ports_in(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some(first..=last)
}

/// The host in what people copy from their browser's address.
fn host_in(text: &str) -> Option<&str> {
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

fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        // A password would stand in a file, and on screens, in clear text.
        let is_open = url.username().is_empty() && url.password().is_none();
        let is_known = matches!(url.scheme(), "https" | "http" | "socks5" | "socks5h");
        url.has_host() && is_known && is_open
    })
}

/// Reads a settings file into a layer. What cannot be understood is left out and reported.
///
/// # Errors
/// One problem when the text is no TOML or was written by a newer version.
pub fn parse_layer(text: &str) -> Result<(Layer, Vec<Problem>), Problem> {
    let whole = |reason: String| Problem { key: "settings file".into(), reason };
    let table: toml::Table = toml::from_str(text).map_err(|e| whole(e.message().to_owned()))?;
    match table.get("version").map(toml::Value::as_integer) {
        None => {}
        Some(Some(version)) if (1..=VERSION).contains(&version) => {}
        Some(_) => return Err(whole("It was written by a newer version of Casebridge.".into())),
    }
    let (mut layer, mut problems) = (Layer::new(), Vec::new());
    flatten("", &table, &mut layer, &mut problems);
    layer.remove("version");
    layer.retain(|key, _| {
        let reserved = RESERVED.iter().any(|r| key.ends_with(r) || key.starts_with(r));
        let known = find(key).is_some();
        if !known && !reserved {
            problems.push(Problem {
                key: key.clone(),
                reason: "Casebridge has no such setting.".into(),
            });
        }
        known
    });
    Ok((layer, problems))
}

fn flatten(prefix: &str, table: &toml::Table, layer: &mut Layer, problems: &mut Vec<Problem>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if let toml::Value::Table(inner) = value {
            flatten(&key, inner, layer, problems);
        } else if let Some(text) = scalar(value) {
            layer.insert(key, text);
        } else {
            problems.push(Problem { key, reason: "It has a form that no setting takes.".into() });
        }
    }
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(switch) => Some(switch.to_string()),
        toml::Value::Array(items) => {
            items.iter().map(scalar).collect::<Option<Vec<_>>>().map(|items| items.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// Changes values in the text of a settings file and returns the new text. Whatever else the file
/// holds stays, known or not; an empty value takes the key out, so that the default holds again.
///
/// # Errors
/// The text is no TOML or was written by a newer version: then nothing may be written over it.
pub fn change(text: &str, changes: &[(String, String)]) -> Result<String, Problem> {
    parse_layer(text)?;
    let mut root: toml::Table = toml::from_str(text).unwrap_or_default();
    root.insert("version".into(), toml::Value::Integer(VERSION));
    for (key, text) in changes {
        let value = find(key).filter(|_| !text.is_empty()).map(|s| typed(s.kind, text));
        put(&mut root, key, value);
    }
    Ok(root.to_string())
}

/// Puts a value at a dotted key, with the tables on the way, or takes it out.
fn put(table: &mut toml::Table, key: &str, value: Option<toml::Value>) {
    let Some((first, rest)) = key.split_once('.') else {
        match value {
            Some(value) => table.insert(key.to_owned(), value),
            None => table.remove(key),
        };
        return;
    };
    let entry = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(inner) = entry {
        put(inner, rest, value);
    }
}

fn typed(kind: Kind, text: &str) -> toml::Value {
    let string = || toml::Value::String(text.to_owned());
    match kind {
        Kind::Switch => text.parse().map_or_else(|_| string(), toml::Value::Boolean),
        Kind::Seconds(..) | Kind::Number(..) => {
            text.parse().map_or_else(|_| string(), toml::Value::Integer)
        }
        Kind::List => toml::Value::Array(list(text).into_iter().map(toml::Value::String).collect()),
        Kind::Ports => {
            let one =
                |p: &String| p.parse().map_or_else(|_| p.as_str().into(), toml::Value::Integer);
            toml::Value::Array(list(text).iter().map(one).collect())
        }
        Kind::Text
        | Kind::Lines
        | Kind::Host
        | Kind::Address
        | Kind::File
        | Kind::OneOf(_)
        | Kind::FieldName => string(),
    }
}

/// Decides every value: policy over user over default.
pub fn resolve(policy: &Layer, user: &Layer) -> Settings {
    let mut settings = Settings::default();
    let of_named = NAMED.iter().flat_map(|(prefix, all)| {
        let known = policy.keys().chain(user.keys());
        let names: BTreeSet<&str> = known
            .filter_map(|key| Some(key.strip_prefix(prefix)?.split_once('.')?.0))
            .chain((*prefix == "appliance.").then_some(DEFAULT_APPLIANCE))
            .collect();
        names.into_iter().flat_map(move |name| {
            all.iter().map(move |setting| (format!("{prefix}{name}.{}", setting.key), setting))
        })
    });
    let all = of_named.chain(SETTINGS.iter().map(|s| (s.key.to_owned(), s)));
    for (key, setting) in all {
        let (value, origin) = decide(&key, setting, policy, user, &mut settings.problems);
        settings.values.insert(key.clone(), Value { key, value, origin });
    }
    settings
}

fn decide(
    key: &str,
    setting: &Setting,
    policy: &Layer,
    user: &Layer,
    problems: &mut Vec<Problem>,
) -> (String, Origin) {
    for (layer, origin) in [(policy, Origin::Policy), (user, Origin::User)] {
        let Some(text) = layer.get(key) else { continue };
        return match check(setting, text) {
            Ok(value) => (value, origin),
            Err(reason) => {
                problems.push(Problem { key: key.to_owned(), reason });
                // A broken policy value locks the default; a broken user value is just not used.
                let origin = if origin == Origin::Policy { origin } else { Origin::Default };
                (setting.default.to_owned(), origin)
            }
        };
    }
    (setting.default.to_owned(), Origin::Default)
}

/// The settings of one appliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplianceSettings {
    /// The configured name.
    pub name: String,
    /// `HOST[:PORT]`.
    pub hostname: String,
    /// The API account's client id.
    pub client_id: String,
    /// A file with further CA certificates.
    pub ca_file: Option<String>,
    /// The public portals to choose from.
    pub portals: Vec<String>,
    /// Whether session keys are made in the representative console unless a link says otherwise.
    pub use_rep_console_for_session_keys: bool,
    /// Whether sessions without a case are imported too.
    pub import_all_sessions: bool,
    /// The public sites whose sessions are imported; all of them if none is named.
    pub import_portals: Vec<String>,
    /// The types of events that are imported; all of them if none is named.
    pub event_types: Vec<String>,
    /// Where recordings are kept outside of the appliance; the LSID is appended.
    pub external_recording_base_url: Option<String>,
}

impl Settings {
    /// The value in force of a key, with its origin.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// The text in force of a key; empty for one that does not exist.
    pub fn text(&self, key: &str) -> &str {
        self.values.get(key).map_or("", |v| v.value.as_str())
    }

    /// The text of a key, or nothing when it is empty.
    pub fn optional(&self, key: &str) -> Option<&str> {
        Some(self.text(key)).filter(|t| !t.is_empty())
    }

    /// The seconds of a key.
    pub fn seconds(&self, key: &str) -> u32 {
        self.text(key).parse().unwrap_or_default()
    }

    /// The texts of a list.
    pub fn list(&self, key: &str) -> Vec<String> {
        list(self.text(key))
    }

    /// Whether a switch is on.
    pub fn is_on(&self, key: &str) -> bool {
        self.text(key) == "true"
    }

    /// The ports of the loopback callback, in the order in which they are tried.
    pub fn redirect_ports(&self) -> Vec<u16> {
        let all = list(self.text("org.redirect_ports"));
        all.iter().filter_map(|text| ports_in(text)).flatten().collect()
    }

    /// Every value, by key.
    pub fn all(&self) -> impl Iterator<Item = &Value> {
        self.values.values()
    }

    /// The names of the appliances that have a host.
    pub fn appliances(&self) -> Vec<String> {
        self.values
            .values()
            .filter(|v| !v.value.is_empty())
            .filter_map(|v| v.key.strip_prefix("appliance.")?.strip_suffix(".hostname"))
            .map(str::to_owned)
            .collect()
    }

    /// The settings of an appliance, if it has a host.
    pub fn appliance(&self, name: &str) -> Option<ApplianceSettings> {
        let text = |field: &str| self.text(&format!("appliance.{name}.{field}")).to_owned();
        let hostname = text("hostname");
        (!hostname.is_empty()).then(|| ApplianceSettings {
            name: name.to_owned(),
            hostname,
            client_id: text("client_id"),
            ca_file: Some(text("ca_file")).filter(|t| !t.is_empty()),
            portals: list(&text("portals")),
            use_rep_console_for_session_keys: text("use_rep_console_for_session_keys") == "true",
            import_all_sessions: text("import_all_sessions") == "true",
            import_portals: list(&text("import_portals")),
            event_types: list(&text("event_types")),
            external_recording_base_url: Some(text("external_recording_base_url"))
                .filter(|address| !address.is_empty()),
        })
    }

    /// The rules by which exit surveys move cases.
    pub fn transitions(&self) -> Vec<TransitionRule> {
        let names: BTreeSet<&str> = self
            .values
            .keys()
            .filter_map(|key| Some(key.strip_prefix("transition.")?.split_once('.')?.0))
            .collect();
        let rule = |name: &str| {
            let text = |field: &str| self.text(&format!("transition.{name}.{field}")).to_owned();
            let filled = |field: &str| Some(text(field)).filter(|text| !text.is_empty());
            TransitionRule {
                name: name.to_owned(),
                position: text("position").parse().unwrap_or_default(),
                survey: text("survey"),
                question: text("question"),
                answer: text("answer"),
                case_status: filled("case_status"),
                owner: filled("owner"),
                comment: filled("comment"),
            }
        };
        names.into_iter().map(rule).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
version = 1
[appliance.Default]
hostname = "support.example.test:8443"
client_id = "abc"
portals = ["help.example.test", "vip.example.test"]
[org]
login_url = "https://acme.my.salesforce.com"
redirect_ports = [20001, 20002]
[key]
ttl = 600
"#;

    fn layer(text: &str) -> Layer {
        parse_layer(text).unwrap().0
    }

    #[test]
    fn a_file_is_read_and_written_back_unchanged() {
        let (first, problems) = parse_layer(FILE).unwrap();
        assert_eq!(problems, []);
        let all: Vec<_> = first.clone().into_iter().collect();
        assert_eq!(layer(&change("", &all).unwrap()), first);
        let settings = resolve(&Layer::new(), &first);
        assert_eq!(settings.redirect_ports(), [20001, 20002]);
        assert_eq!(settings.appliance("Default").unwrap().portals.len(), 2);
        assert_eq!(settings.appliances(), ["Default"]);
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let old = "version = 1\n[org]\nclient_id = \"a\"\n[org.case_field_map]\nexternal_key = \"Y__c\"\n[later]\nz = 1\n";
        let changes =
            [("org.client_id".to_owned(), String::new()), ("key.ttl".into(), "600".into())];
        let new = change(old, &changes).unwrap();
        assert!(
            new.contains("Y__c") && new.contains("[later]") && !new.contains("client_id"),
            "{new}"
        );
        assert_eq!(layer(&new).get("key.ttl").map(String::as_str), Some("600"));
        assert!(change("version = 9", &changes).is_err());
        assert!(change("[org", &changes).is_err());
    }

    #[test]
    fn policy_beats_user_beats_default() {
        let settings =
            resolve(&layer("[key]\nttl = 900"), &layer("[key]\nttl = 600\n[poll]\ninterval = 15"));
        let of = |key: &str| settings.value(key).map(|v| (v.value.clone(), v.origin)).unwrap();
        assert_eq!(of("key.ttl"), ("900".into(), Origin::Policy));
        assert_eq!(of("poll.interval"), ("15".into(), Origin::User));
        assert_eq!(of("log.level"), ("info".into(), Origin::Default));
    }

    #[test]
    fn a_broken_policy_value_locks_the_default() {
        let settings = resolve(&layer("[key]\nttl = 1"), &layer("[key]\nttl = 600"));
        let value = settings.value("key.ttl").unwrap();
        assert_eq!((value.value.as_str(), value.origin), ("3600", Origin::Policy));
        assert_eq!(settings.problems.len(), 1);
    }

    #[test]
    fn rules_of_transitions_are_read_by_name() {
        let file = "[transition.solved]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"Closed\"\n\
                    [transition.up]\nsurvey = \"Customer\"\nquestion = \"ok\"\nanswer = \"No\"\nowner = \"Tier_2\"\nposition = 5\n";
        let (layer, problems) = parse_layer(file).unwrap();
        assert_eq!(problems, []);
        let rules = resolve(&Layer::new(), &layer).transitions();
        let of: Vec<_> =
            rules.iter().map(|r| (r.name.as_str(), r.survey.as_str(), r.position)).collect();
        assert_eq!(of, [("solved", "Representative", 100), ("up", "Customer", 5)]);
        assert_eq!(rules[0].case_status.as_deref(), Some("Closed"));
        assert_eq!(rules[1].case_status, None);
    }

    #[test]
    fn a_newer_or_broken_file_and_unknown_keys_are_reported() {
        assert!(parse_layer("version = 2").is_err());
        assert!(parse_layer("[org").is_err());
        assert_eq!(parse_layer("[org]\nlogin = 1").unwrap().1[0].key, "org.login");
    }

    #[test]
    fn every_default_passes_its_own_check() {
        for setting in SETTINGS.iter().chain(APPLIANCE_SETTINGS).chain(TRANSITION_SETTINGS) {
            assert_eq!(
                check(setting, setting.default),
                Ok(setting.default.to_owned()),
                "{}",
                setting.key
            );
        }
    }

    #[test]
    fn the_callbacks_of_the_sign_in_app_are_those_that_are_tried() {
        let template = include_str!(
            "../../../salesforce/templates/Casebridge_glbloauth.ecaGlblOauth-meta.xml"
        );
        let ports = resolve(&Layer::default(), &Layer::default()).redirect_ports();
        assert_eq!(template.matches("http://localhost:").count(), ports.len());
        for port in ports {
            assert!(template.contains(&format!("http://localhost:{port}/OauthRedirect")), "{port}");
        }
    }
}
