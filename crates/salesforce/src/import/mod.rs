//! Writing a session to the org: rows in as few calls as the API allows, files, transitions.
//!
//! Every row is upserted by its own key, so that a call can be repeated if its answer was lost
//! (`docs/protocols/salesforce.md#resources`).

mod files;
mod spool;
mod transitions;
mod writer;

pub use files::SessionFile;
pub use spool::{Batch, Batches, SessionRow, Spool};
pub use transitions::{Transition, TransitionOutcome};
pub use writer::{BATCHES_A_CALL, RowFailure, Written};

use crate::query::{Condition, Field, Object, Query, Value};
use crate::{Error, Org};
use casebridge_domain::Lsid;

impl Org {
    /// Makes sure that the org has the objects of an import, and that the user may see them.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if they are missing or hidden.
    pub async fn has_import_objects(&self) -> Result<(), Error> {
        let query = Query::select(Object::SupportSession, &[Field::Id]).limit(1);
        self.records(&query).await.map(drop)
    }

    /// Whether the session has a record in the org that the user may see.
    ///
    /// # Errors
    /// The org can't be asked, or its objects are missing or hidden.
    pub async fn has_session(&self, lsid: &Lsid) -> Result<bool, Error> {
        let is_it = Condition::Is(Field::Lsid, Value::Text(lsid.to_string()));
        let query = Query::select(Object::SupportSession, &[Field::Id]).wherever(is_it).limit(1);
        Ok(!self.records(&query).await?.is_empty())
    }
}
