//! Settings: one table of them, their types, and three layers with the origin of each value.
//!
//! Code names a setting by its declaration and reads a typed value: `settings.get(&setting::KEY_TTL)`.
//! A key as text is for files, policies and what people see. A layer is a flat map from a dotted key
//! to its text; files hold the same as nested TOML tables (`docs/administrator.md#settings`).

mod choices;
mod declaration;
mod file;
pub mod form;
mod layers;
mod table;
mod value;

pub use choices::{
    Choice, ExternalKeyWrites, KeyKind, Language, LogLevel, UsernameFrom, WebActions, Word,
};
pub use declaration::{
    ApplianceSetting, Category, Declaration, Declared, Named, Page, PerAppliance, PerTransition,
    Scope, Setting, Single, TransitionSetting,
};
pub use file::{VERSION, change, parse_layer, unused_keys};
pub use form::{Form, Kind};
pub use layers::{ApplianceSettings, Layer, Origin, Problem, Settings, Value, resolve};
pub use table::{appliance_setting, declarations, find, setting, transition_setting};
pub use value::{Address, AddressError, FieldName, FieldNameError, Portal, Ports, Seconds};

/// The name that the first appliance must have, as in the vendor's set-up.
pub const DEFAULT_APPLIANCE: &str = "Default";

#[cfg(test)]
mod tests;
