//! The requests to a representative console: a jump or its key dialog, with the limits of each
//! value (`docs/protocols/beyondtrust.md#script-actions`).
//!
//! A [`JumpForm`] contains what was typed, by field. [`JumpForm::read`] turns it into a [`Jump`],
//! which has everything that its method needs. A log-in can't be requested (S5).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The maximum length of a text in a script, in characters.
pub const MAX_CONSOLE_TEXT: usize = 255;

/// A text for a script: 1 to 255 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConsoleText(String);

impl ConsoleText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConsoleText {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(Flaw::Missing),
            1..=MAX_CONSOLE_TEXT if !text.chars().any(char::is_control) => {
                Ok(Self(text.to_owned()))
            }
            1..=MAX_CONSOLE_TEXT => Err(Flaw::Unprintable),
            _ => Err(Flaw::TooLong),
        }
    }
}

/// The representative console to use. Logging in to one logs out of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Console {
    /// The program on this computer.
    #[default]
    Desktop,
    /// The one in the browser.
    Web,
}

/// A request to a console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsoleAction {
    /// Open the console's own key dialog, for a public portal if one is named.
    GenerateSessionKey {
        /// The host name of the portal.
        portal: Option<ConsoleText>,
    },
    /// Start a session.
    Jump(Jump),
}

/// A jump, with everything that its method needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Jump {
    /// To a Jump Item that a search finds.
    Item(JumpItem),
    /// Push a client to a computer in the console's own network.
    PushLocal {
        /// The computer.
        hostname: ConsoleText,
    },
    /// Push a client to a computer through a Jumpoint.
    PushRemote {
        /// The computer.
        target: ConsoleText,
        /// The Jumpoint. Without one, the console uses the only permitted Jumpoint or asks.
        jumpoint: Option<ConsoleText>,
    },
    /// Remote Desktop through a Jumpoint.
    Rdp(Rdp),
    /// VNC through a Jumpoint.
    Vnc {
        /// The computer.
        target: ConsoleText,
        /// The Jumpoint.
        jumpoint: Option<ConsoleText>,
    },
    /// A command shell through a Jumpoint.
    Shell(Shell),
    /// Intel vPro through a Jumpoint; both are needed.
    Vpro {
        /// The computer.
        target: ConsoleText,
        /// The Jumpoint.
        jumpoint: ConsoleText,
    },
}

/// A search for a Jump Item, with at least one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JumpItem {
    criteria: Vec<(Criterion, ConsoleText)>,
    /// The method for the found item.
    pub method: Option<ItemMethod>,
    /// The credential to use.
    pub credential_id: Option<ConsoleText>,
}

impl JumpItem {
    /// The search criteria: each at most once, and at least one.
    pub fn criteria(&self) -> &[(Criterion, ConsoleText)] {
        &self.criteria
    }
}

/// The property of a Jump Item to search. Matches part of the text, in upper or lower case. The two
/// IP addresses match Jump Clients only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    /// Anywhere.
    Search,
    /// In the comments.
    Comments,
    /// In the host name.
    Hostname,
    /// In the private IP address.
    PrivateIp,
    /// In the public IP address.
    PublicIp,
    /// In the tag.
    Tag,
}

/// A Remote Desktop jump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rdp {
    /// The computer.
    pub target: ConsoleText,
    /// The Jumpoint.
    pub jumpoint: Option<ConsoleText>,
    /// The user name to log in with.
    pub username: Option<ConsoleText>,
    /// The size of the remote screen.
    pub display_size: Option<DisplaySize>,
    /// The picture quality.
    pub quality: Option<Quality>,
    /// Whether to take over the computer's own console session.
    pub console: Option<bool>,
}

/// A shell jump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The computer.
    pub target: ConsoleText,
    /// The Jumpoint.
    pub jumpoint: Option<ConsoleText>,
    /// The user name to log in with.
    pub username: Option<ConsoleText>,
    /// The protocol.
    pub protocol: Option<Protocol>,
    /// The port; never 0.
    pub port: Option<u16>,
    /// The terminal to emulate.
    pub terminal: Option<Terminal>,
}

/// The size of a remote screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisplaySize {
    /// The size of the main display.
    PrimaryDisplay,
    /// The size of all displays.
    AllDisplays,
    /// Width and height in pixels.
    Pixels(u16, u16),
}

impl fmt::Display for DisplaySize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrimaryDisplay => f.write_str("primary_display"),
            Self::AllDisplays => f.write_str("all_displays"),
            Self::Pixels(width, height) => write!(f, "{width}x{height}"),
        }
    }
}

impl FromStr for DisplaySize {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        match text {
            "primary_display" => return Ok(Self::PrimaryDisplay),
            "all_displays" => return Ok(Self::AllDisplays),
            _ => {}
        }
        let (width, height) = text.split_once('x').ok_or(Flaw::NotOneOf)?;
        let side = |text: &str| text.parse::<u16>().ok().filter(|n| (200..=16_384).contains(n));
        let (Some(width), Some(height)) = (side(width), side(height)) else {
            return Err(Flaw::NotOneOf);
        };
        Ok(Self::Pixels(width, height))
    }
}

/// An enum with fixed words, as used in scripts, links and on the command line.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All values, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl FromStr for $name {
            type Err = Flaw;

            fn from_str(text: &str) -> Result<Self, Flaw> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(Flaw::NotOneOf) }
            }
        }
    };
}

words! {
    /// The jump method of a Jump Item (`jump.method`).
    ItemMethod {
        /// A client pushed through a Jumpoint.
        Push = "push",
        /// A client pushed within the console's own network.
        LocalPush = "local_push",
        /// An installed Jump Client.
        Pinned = "pinned",
        /// Remote Desktop.
        Rdp = "rdp",
        /// VNC.
        Vnc = "vnc",
        /// A command shell.
        ShellJump = "shelljump",
    }
}

words! {
    /// The quality of a Remote Desktop session.
    Quality {
        /// Least data.
        Low = "low",
        /// Fast.
        Performance = "performance",
        /// Fast and well.
        PerformanceQuality = "performance_quality",
        /// Best.
        Quality = "quality",
    }
}

words! {
    /// The protocol of a shell.
    Protocol {
        /// Encrypted.
        Ssh = "ssh",
        /// Not encrypted.
        Telnet = "telnet",
    }
}

words! {
    /// The terminal of a shell.
    Terminal {
        /// The usual one.
        Xterm = "xterm",
        /// An old one.
        Vt100 = "vt100",
    }
}

words! {
    /// The ways to jump (`docs/representative.md#jumps`).
    JumpMethod {
        /// To a Jump Item.
        Item = "item",
        /// Push and start in the local network.
        PushLocal = "push-local",
        /// Push and start through a Jumpoint.
        PushRemote = "push-remote",
        /// Remote Desktop.
        Rdp = "rdp",
        /// VNC.
        Vnc = "vnc",
        /// A command shell.
        Shell = "shell",
        /// Intel vPro.
        Vpro = "vpro",
    }
}

words! {
    /// A field of the form.
    JumpField {
        /// Search text.
        Search = "search",
        /// Host name of a Jump Item.
        Hostname = "hostname",
        /// Private IP address of a Jump Client.
        PrivateIp = "private_ip",
        /// Public IP address of a Jump Client.
        PublicIp = "public_ip",
        /// Tag of a Jump Item.
        Tag = "tag",
        /// Comments of a Jump Item.
        Comments = "comments",
        /// The jump method of the Jump Item.
        ItemMethod = "item_method",
        /// The credential to use.
        CredentialId = "credential_id",
        /// The computer.
        Target = "target",
        /// The Jumpoint.
        Jumpoint = "jumpoint",
        /// The user name to log in with.
        Username = "username",
        /// Size of the remote screen.
        DisplaySize = "display_size",
        /// Quality of the remote screen.
        Quality = "quality",
        /// `yes` or `no`: whether to take over the computer's console session.
        Console = "console",
        /// Protocol of a shell.
        Protocol = "protocol",
        /// Port of a shell.
        Port = "port",
        /// Terminal of a shell.
        Terminal = "terminal",
    }
}

impl JumpMethod {
    /// The method's fields, in the order in which they are shown.
    pub fn fields(self) -> &'static [JumpField] {
        use JumpField as F;
        match self {
            Self::Item => &[
                F::Search,
                F::Hostname,
                F::PrivateIp,
                F::PublicIp,
                F::Tag,
                F::Comments,
                F::ItemMethod,
                F::CredentialId,
            ],
            Self::PushLocal => &[F::Target],
            Self::PushRemote | Self::Vnc | Self::Vpro => &[F::Target, F::Jumpoint],
            Self::Rdp => {
                &[F::Target, F::Jumpoint, F::Username, F::DisplaySize, F::Quality, F::Console]
            }
            Self::Shell => {
                &[F::Target, F::Jumpoint, F::Username, F::Protocol, F::Port, F::Terminal]
            }
        }
    }
}

impl JumpMethod {
    /// The field for the computer's name, if only that is given, as in a link.
    pub fn aim(self) -> JumpField {
        match self {
            Self::Item => JumpField::Hostname,
            Self::PushLocal
            | Self::PushRemote
            | Self::Rdp
            | Self::Vnc
            | Self::Shell
            | Self::Vpro => JumpField::Target,
        }
    }

    /// Whether the field is required. A Jump Item needs any one of its criteria.
    pub fn needs(self, field: JumpField) -> bool {
        field == JumpField::Target || (self == Self::Vpro && field == JumpField::Jumpoint)
    }
}

impl JumpField {
    /// The allowed words. Empty if any text is allowed.
    pub fn words(self) -> Vec<&'static str> {
        match self {
            Self::ItemMethod => ItemMethod::ALL.iter().map(|word| word.as_str()).collect(),
            Self::Quality => Quality::ALL.iter().map(|word| word.as_str()).collect(),
            Self::Protocol => Protocol::ALL.iter().map(|word| word.as_str()).collect(),
            Self::Terminal => Terminal::ALL.iter().map(|word| word.as_str()).collect(),
            Self::Console => vec!["no", "yes"],
            Self::Search
            | Self::Hostname
            | Self::PrivateIp
            | Self::PublicIp
            | Self::Tag
            | Self::Comments
            | Self::CredentialId
            | Self::Target
            | Self::Jumpoint
            | Self::Username
            | Self::DisplaySize
            | Self::Port => Vec::new(),
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The field is required.
    #[error("a value is required")]
    Missing,
    /// More than 255 characters.
    #[error("the value is longer than 255 characters")]
    TooLong,
    /// A control character.
    #[error("the value contains an invisible character")]
    Unprintable,
    /// Not an allowed value of the field.
    #[error("the value is not allowed here")]
    NotOneOf,
    /// The method has no such field.
    #[error("this method does not have this field")]
    NotTaken,
}

/// An invalid field of a jump form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {flaw}", .field.as_str())]
pub struct JumpProblem {
    /// The field.
    pub field: JumpField,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// The typed texts, by field. An empty text counts as not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JumpForm {
    /// The method.
    pub method: JumpMethod,
    /// The texts.
    pub values: BTreeMap<JumpField, String>,
}

impl JumpForm {
    /// An empty form of a method.
    pub fn new(method: JumpMethod) -> Self {
        Self { method, values: BTreeMap::new() }
    }

    /// The same form with a field filled in; an empty text changes nothing.
    #[must_use]
    pub fn with(mut self, field: JumpField, text: Option<&str>) -> Self {
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            self.values.insert(field, text.to_owned());
        }
        self
    }

    /// The jump's title: its target, or the first search term.
    pub fn title(&self) -> &str {
        let named = |field| self.values.get(&field).map(String::as_str);
        let order = [JumpField::Target].into_iter().chain(self.method.fields().iter().copied());
        order.filter_map(named).find(|text| !text.is_empty()).unwrap_or_default()
    }

    fn text(&self, field: JumpField) -> Option<&str> {
        self.values.get(&field).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn optional<T: FromStr<Err = Flaw>>(&self, field: JumpField) -> Result<Option<T>, JumpProblem> {
        let read = |text: &str| text.parse().map_err(|flaw| JumpProblem { field, flaw });
        self.text(field).map(read).transpose()
    }

    fn needed<T: FromStr<Err = Flaw>>(&self, field: JumpField) -> Result<T, JumpProblem> {
        self.optional(field)?.ok_or(JumpProblem { field, flaw: Flaw::Missing })
    }

    /// Converts the form into a jump.
    ///
    /// # Errors
    /// The first invalid field.
    pub fn read(&self) -> Result<Jump, JumpProblem> {
        use JumpField as F;
        let foreign = |field: &&F| self.text(**field).is_some() && !self.takes(**field);
        if let Some(field) = self.values.keys().find(foreign) {
            return Err(JumpProblem { field: *field, flaw: Flaw::NotTaken });
        }
        Ok(match self.method {
            JumpMethod::Item => Jump::Item(self.item()?),
            JumpMethod::PushLocal => Jump::PushLocal { hostname: self.needed(F::Target)? },
            JumpMethod::PushRemote => Jump::PushRemote {
                target: self.needed(F::Target)?,
                jumpoint: self.optional(F::Jumpoint)?,
            },
            JumpMethod::Rdp => Jump::Rdp(Rdp {
                target: self.needed(F::Target)?,
                jumpoint: self.optional(F::Jumpoint)?,
                username: self.optional(F::Username)?,
                display_size: self.optional(F::DisplaySize)?,
                quality: self.optional(F::Quality)?,
                console: self.switch(F::Console)?,
            }),
            JumpMethod::Vnc => {
                Jump::Vnc { target: self.needed(F::Target)?, jumpoint: self.optional(F::Jumpoint)? }
            }
            JumpMethod::Shell => Jump::Shell(Shell {
                target: self.needed(F::Target)?,
                jumpoint: self.optional(F::Jumpoint)?,
                username: self.optional(F::Username)?,
                protocol: self.optional(F::Protocol)?,
                port: self.port(F::Port)?,
                terminal: self.optional(F::Terminal)?,
            }),
            JumpMethod::Vpro => {
                Jump::Vpro { target: self.needed(F::Target)?, jumpoint: self.needed(F::Jumpoint)? }
            }
        })
    }

    fn takes(&self, field: JumpField) -> bool {
        self.method.fields().contains(&field)
    }

    fn item(&self) -> Result<JumpItem, JumpProblem> {
        let places = [
            (JumpField::Search, Criterion::Search),
            (JumpField::Comments, Criterion::Comments),
            (JumpField::Hostname, Criterion::Hostname),
            (JumpField::PrivateIp, Criterion::PrivateIp),
            (JumpField::PublicIp, Criterion::PublicIp),
            (JumpField::Tag, Criterion::Tag),
        ];
        let mut criteria = Vec::new();
        for (field, criterion) in places {
            criteria.extend(self.optional(field)?.map(|text| (criterion, text)));
        }
        if criteria.is_empty() {
            return Err(JumpProblem { field: JumpField::Search, flaw: Flaw::Missing });
        }
        Ok(JumpItem {
            criteria,
            method: self.optional(JumpField::ItemMethod)?,
            credential_id: self.optional(JumpField::CredentialId)?,
        })
    }

    fn switch(&self, field: JumpField) -> Result<Option<bool>, JumpProblem> {
        match self.text(field) {
            None => Ok(None),
            Some("yes") => Ok(Some(true)),
            Some("no") => Ok(Some(false)),
            Some(_) => Err(JumpProblem { field, flaw: Flaw::NotOneOf }),
        }
    }

    fn port(&self, field: JumpField) -> Result<Option<u16>, JumpProblem> {
        let read = |text: &str| match text.parse() {
            Ok(0) | Err(_) => Err(JumpProblem { field, flaw: Flaw::NotOneOf }),
            Ok(port) => Ok(port),
        };
        self.text(field).map(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(method: JumpMethod, values: &[(JumpField, &str)]) -> Result<Jump, JumpProblem> {
        let form = JumpForm::new(method);
        values.iter().fold(form, |form, (field, text)| form.with(*field, Some(text))).read()
    }

    fn problem(field: JumpField, flaw: Flaw) -> Result<Jump, JumpProblem> {
        Err(JumpProblem { field, flaw })
    }

    #[test]
    fn what_a_method_needs_is_asked_for() {
        use JumpField as F;
        for (method, field) in [
            (JumpMethod::Item, F::Search),
            (JumpMethod::PushLocal, F::Target),
            (JumpMethod::PushRemote, F::Target),
            (JumpMethod::Rdp, F::Target),
            (JumpMethod::Vnc, F::Target),
            (JumpMethod::Shell, F::Target),
            (JumpMethod::Vpro, F::Target),
        ] {
            assert_eq!(form(method, &[]), problem(field, Flaw::Missing), "{method:?}");
        }
        let vpro = form(JumpMethod::Vpro, &[(F::Target, "PC-1")]);
        assert_eq!(vpro, problem(F::Jumpoint, Flaw::Missing));
        assert!(form(JumpMethod::Vpro, &[(F::Target, "PC-1"), (F::Jumpoint, "Branch")]).is_ok());
    }

    #[test]
    fn a_jump_item_is_found_by_any_criterion_but_not_by_none() {
        for field in ["search", "hostname", "private_ip", "public_ip", "tag", "comments"] {
            let field: JumpField = field.parse().unwrap();
            assert!(form(JumpMethod::Item, &[(field, "x")]).is_ok(), "{field:?}");
        }
        let only_how = form(JumpMethod::Item, &[(JumpField::ItemMethod, "rdp")]);
        assert_eq!(only_how, problem(JumpField::Search, Flaw::Missing));
    }

    #[test]
    fn values_outside_their_limits_are_refused() {
        use JumpField as F;
        let long = "x".repeat(256);
        for (method, field, text, flaw) in [
            (JumpMethod::PushLocal, F::Target, long.as_str(), Flaw::TooLong),
            (JumpMethod::PushLocal, F::Target, "a\nb", Flaw::Unprintable),
            (JumpMethod::PushLocal, F::Target, "a\u{85}b", Flaw::Unprintable),
            (JumpMethod::PushLocal, F::Jumpoint, "Branch", Flaw::NotTaken),
            (JumpMethod::Rdp, F::Quality, "best", Flaw::NotOneOf),
            (JumpMethod::Rdp, F::DisplaySize, "1024", Flaw::NotOneOf),
            (JumpMethod::Rdp, F::DisplaySize, "1x1", Flaw::NotOneOf),
            (JumpMethod::Rdp, F::Console, "maybe", Flaw::NotOneOf),
            (JumpMethod::Shell, F::Port, "0", Flaw::NotOneOf),
            (JumpMethod::Shell, F::Port, "65536", Flaw::NotOneOf),
            (JumpMethod::Shell, F::Protocol, "rsh", Flaw::NotOneOf),
            (JumpMethod::Shell, F::Terminal, "vt52", Flaw::NotOneOf),
        ] {
            let values = [(F::Target, "PC-1"), (field, text)];
            assert_eq!(form(method, &values), problem(field, flaw), "{field:?} {text:?}");
        }
        let wide = form(JumpMethod::Rdp, &[(F::Target, "PC-1"), (F::DisplaySize, "1920x1080")]);
        assert!(matches!(
            wide,
            Ok(Jump::Rdp(Rdp { display_size: Some(DisplaySize::Pixels(1920, 1080)), .. }))
        ));
    }

    #[test]
    fn a_jump_is_called_by_what_it_goes_to() {
        let item = JumpForm::new(JumpMethod::Item).with(JumpField::Tag, Some("till"));
        assert_eq!(item.title(), "till");
        let rdp = JumpForm::new(JumpMethod::Rdp)
            .with(JumpField::Jumpoint, Some("Branch"))
            .with(JumpField::Target, Some("PC-1"));
        assert_eq!(rdp.title(), "PC-1");
    }
}
