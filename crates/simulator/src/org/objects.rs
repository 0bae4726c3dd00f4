//! All objects of the org: the standard ones as written here, ours as the project's own metadata
//! declares them, so that what is deployed and what is simulated cannot differ.

use std::sync::LazyLock;

use super::metadata;
use super::schema::ObjectDef;
use super::standard::{STANDARD, Standard};

/// All objects: the standard ones, with our fields among theirs, and ours.
pub(crate) fn objects() -> &'static [ObjectDef] {
    static OBJECTS: LazyLock<Vec<ObjectDef>> = LazyLock::new(|| {
        let mut objects: Vec<ObjectDef> = STANDARD.iter().map(Standard::define).collect();
        metadata::extend(&mut objects);
        objects
    });
    &OBJECTS
}
