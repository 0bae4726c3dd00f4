//! What the control page can do to the org: the administrator's part.

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};

use super::records::{Record, Records};
use super::state::{Shared, State};
use crate::common::deed::{Deed, Impossible, call};
use crate::common::site::Site;

/// The control calls of the org.
pub(super) fn router() -> Router<Shared> {
    Router::new().route("/control/user", post(call::<UserEdit>))
}

/// An administrator who changes a field of a user. An empty value empties it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UserEdit {
    pub(crate) username: String,
    pub(crate) field: String,
    #[serde(default)]
    pub(crate) value: String,
}

impl Deed for UserEdit {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let known = Records::object("User").and_then(|user| user.field(&self.field));
        let field = known.ok_or_else(|| Impossible("users have no such field".to_owned()))?;
        let user = state.users.iter().find(|user| user.username == self.username);
        let user = user.ok_or_else(|| Impossible("no such user".to_owned()))?.id.clone();
        let value = match self.value.is_empty() {
            true => Value::Null,
            false => Value::String(self.value),
        };
        let now = state.now();
        state.records.change("User", &user, Record::from_iter([(field.name.clone(), value)]), now);
        Ok(json!({ "id": user }))
    }
}
