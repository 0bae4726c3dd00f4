//! A setting as it is declared: once, with all that files, policies, windows and code need of it.

use super::form::{Form, Kind};
use crate::deep_link::is_appliance_name;
use std::marker::PhantomData;

/// What a setting is about; settings of one category stand together wherever people see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// The appliances: everything that their clients are made of.
    Appliance,
    /// The org: everything that its client is made of.
    Salesforce,
    /// The representative console.
    Console,
    /// Jumps.
    Jumps,
    /// Session keys.
    Keys,
    /// E-mail to customers.
    Email,
    /// Running sessions.
    Sessions,
    /// What is written to a case after a session.
    Import,
    /// Rules by which exit surveys move cases.
    Transitions,
    /// The program on this computer.
    Computer,
    /// The way to the network.
    Network,
    /// What helps to find faults.
    Diagnostics,
}

impl Category {
    /// The heading above its settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Appliance => "Appliance",
            Self::Salesforce => "Salesforce",
            Self::Console => "Representative console",
            Self::Jumps => "Jumps",
            Self::Keys => "Session keys",
            Self::Email => "E-mail",
            Self::Sessions => "Running sessions",
            Self::Import => "Finished sessions",
            Self::Transitions => "Survey rules",
            Self::Computer => "This computer",
            Self::Network => "Network",
            Self::Diagnostics => "Diagnostics",
        }
    }
}

impl Category {
    /// The page of the settings window that shows it.
    pub fn page(self) -> Page {
        match self {
            Self::Appliance => Page::Appliances,
            Self::Salesforce => Page::Salesforce,
            Self::Keys | Self::Email => Page::Keys,
            Self::Console | Self::Jumps => Page::Console,
            Self::Sessions | Self::Import => Page::Sessions,
            Self::Transitions => Page::Rules,
            Self::Computer | Self::Network | Self::Diagnostics => Page::Computer,
        }
    }
}

/// A page of the settings window: categories that people look for together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    /// The appliances.
    Appliances,
    /// The org.
    Salesforce,
    /// Session keys, and the e-mail with a key.
    Keys,
    /// The representative console, and jumps.
    Console,
    /// Running and finished sessions.
    Sessions,
    /// Rules by which exit surveys move cases.
    Rules,
    /// The program on this computer, its network and its log.
    Computer,
}

impl Page {
    /// Every page, in the order in which people see them.
    pub const ALL: [Self; 7] = [
        Self::Appliances,
        Self::Salesforce,
        Self::Keys,
        Self::Console,
        Self::Sessions,
        Self::Rules,
        Self::Computer,
    ];

    /// What people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Appliances => "Appliances",
            Self::Salesforce => "Salesforce",
            Self::Keys => "Session keys",
            Self::Console => "Console and jumps",
            Self::Sessions => "Sessions",
            Self::Rules => "Survey rules",
            Self::Computer => "This computer",
        }
    }
}

/// How many there may be of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One.
    Single,
    /// One for each appliance.
    PerAppliance,
    /// One for each rule by which an exit survey moves a case.
    PerTransition,
}

impl Scope {
    /// What the keys begin with that have a name in them.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Single => "",
            Self::PerAppliance => "appliance.",
            Self::PerTransition => "transition.",
        }
    }

    /// The name and the rest of a key with a name in it.
    pub(super) fn split(self, key: &str) -> Option<(&str, &str)> {
        match self {
            Self::Single => None,
            Self::PerAppliance | Self::PerTransition => {
                key.strip_prefix(self.prefix())?.split_once('.')
            }
        }
    }
}

/// A setting without its type: what is the same to say about all of them.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// How many there may be of it.
    pub scope: Scope,
    /// The dotted key; of several settings, the part behind the name.
    pub key: &'static str,
    /// The form of the value.
    pub kind: Kind,
    /// What it is about.
    pub category: Category,
    /// What people call it.
    pub name: &'static str,
    /// What it does, for people.
    pub description: &'static str,
    /// Whether a policy may set it.
    pub policy: bool,
    pub(super) default: fn() -> String,
    pub(super) check: fn(&str) -> Result<String, String>,
}

impl Declaration {
    /// The text of the value that holds when nobody set one; may be empty.
    pub fn default(&self) -> String {
        (self.default)()
    }

    /// Checks a text and returns what is kept of it; the default for an empty one.
    ///
    /// # Errors
    /// A sentence for people that says what the value has to look like.
    pub fn check(&self, text: &str) -> Result<String, String> {
        match text.trim() {
            "" => Ok(self.default()),
            text => (self.check)(text),
        }
    }

    /// The dotted key; `name` counts only where there may be several.
    pub fn key_of(&self, name: &str) -> String {
        match self.scope {
            Scope::Single => self.key.to_owned(),
            Scope::PerAppliance | Scope::PerTransition => {
                format!("{}{name}.{}", self.scope.prefix(), self.key)
            }
        }
    }

    /// The name in a key of this setting, where there may be several.
    pub fn name_in<'k>(&self, key: &'k str) -> Option<&'k str> {
        let (name, field) = self.scope.split(key)?;
        (field == self.key && is_appliance_name(name)).then_some(name)
    }

    /// Whether the key is one of this setting.
    pub(super) fn has_key(&self, key: &str) -> bool {
        match self.scope {
            Scope::Single => key == self.key,
            Scope::PerAppliance | Scope::PerTransition => self.name_in(key).is_some(),
        }
    }
}

impl PartialEq for Declaration {
    fn eq(&self, other: &Self) -> bool {
        (self.scope, self.key) == (other.scope, other.key)
    }
}

impl Eq for Declaration {}

/// A setting with the type of its value. `S` says how many there may be of it.
#[derive(Debug)]
pub struct Declared<F: Form, S> {
    pub(super) declaration: Declaration,
    pub(super) default: F::Value,
    scope: PhantomData<S>,
}

/// There is one of it.
#[derive(Debug)]
pub struct Single;

/// There is one for each appliance.
#[derive(Debug)]
pub struct PerAppliance;

/// There is one for each rule by which an exit survey moves a case.
#[derive(Debug)]
pub struct PerTransition;

/// The settings of which there may be several, each with a name in its key.
pub trait Named {}

impl Named for PerAppliance {}

impl Named for PerTransition {}

/// A setting of which there is one.
pub type Setting<F> = Declared<F, Single>;

/// A setting that each appliance has.
pub type ApplianceSetting<F> = Declared<F, PerAppliance>;

/// A setting that each rule has by which an exit survey moves a case.
pub type TransitionSetting<F> = Declared<F, PerTransition>;

impl<F: Form, S> Declared<F, S> {
    pub(super) const fn new(declaration: Declaration, default: F::Value) -> Self {
        Self { declaration, default, scope: PhantomData }
    }

    /// The setting without its type.
    pub const fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// The value of a text that passed the check.
    pub(super) fn read(&self, text: &str) -> F::Value {
        let own = Some(text).filter(|text| !text.is_empty()).and_then(|text| F::parse(text).ok());
        own.unwrap_or_else(|| self.default.clone())
    }
}

impl<F: Form> Setting<F> {
    /// The dotted key.
    pub const fn key(&self) -> &'static str {
        self.declaration.key
    }

    /// The change of this setting to a text; an empty one gives the default back.
    pub fn set_to(&self, text: impl Into<String>) -> (String, String) {
        (self.declaration.key.to_owned(), text.into())
    }
}

impl<F: Form, S: Named> Declared<F, S> {
    /// The dotted key of the setting that belongs to this name.
    pub fn key_of(&self, name: &str) -> String {
        self.declaration.key_of(name)
    }

    /// The change of the setting that belongs to this name; an empty text gives the default back.
    pub fn set_of(&self, name: &str, text: impl Into<String>) -> (String, String) {
        (self.key_of(name), text.into())
    }
}

/// Checks a text as a form does.
pub(super) fn check<F: Form>(text: &str) -> Result<String, String> {
    F::parse(text).map(|_| F::normal(text))
}
