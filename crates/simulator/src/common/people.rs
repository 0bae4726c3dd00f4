//! The people whom both systems may know.
//!
//! `ada` is logged in on the appliance, `ben` is known there but logged out, and `cy` has an org user
//! whose name (`nobody`) the appliance does not know.

/// Somebody at the help desk.
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    /// User name on the appliance as the org has it.
    pub(crate) representative: &'static str,
    pub(crate) org_username: &'static str,
    /// Whether they are logged in there, where they are known.
    pub(crate) on_appliance: Option<bool>,
}

impl Person {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

pub(crate) const PEOPLE: [Person; 3] = [
    Person {
        first: "Ada",
        last: "Quill",
        representative: "ada",
        org_username: "ada@example.test",
        on_appliance: Some(true),
    },
    Person {
        first: "Ben",
        last: "Okafor",
        representative: "ben",
        org_username: "ben@example.test",
        on_appliance: Some(false),
    },
    Person {
        first: "Cy",
        last: "Lindqvist",
        representative: "nobody",
        org_username: "cy@example.test",
        on_appliance: None,
    },
];
