//! What the control page can do to the appliance: the customer's and the representatives' part.

use axum::Router;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::session::Session;
use super::starting::CustomerDetails;
use super::state::{Shared, State};
use super::work::{SessionWork, SurveyAnswered};
use crate::common::deed::{Deed, Impossible, call};
use crate::common::site::Site;

/// The control calls of the appliance.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/control/customer/join", post(call::<CustomerJoin>))
        .route("/control/customer/leave", post(call::<CustomerLeave>))
        .route("/control/rep/login", post(call::<RepLogin>))
        .route("/control/rep/logout", post(call::<RepLogout>))
        .route("/control/rep/rename", post(call::<RepRename>))
        .route("/control/rep/join", post(call::<RepJoin>))
        .route("/control/rep/leave", post(call::<RepLeave>))
        .route("/control/rep/own", post(call::<RepOwn>))
        .route("/control/session/begin", post(call::<SessionBegin>))
        .route("/control/session/key", post(call::<KeyTyped>))
        .route("/control/session/work", post(call::<SessionWork>))
        .route("/control/session/survey", post(call::<SurveyAnswered>))
        .route("/control/session/crowd", post(call::<Crowd>))
}

/// A customer who starts a session with a key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CustomerJoin {
    /// The key as people type it.
    #[serde(default)]
    pub short_key: Option<String>,
    /// The key's address.
    #[serde(default)]
    pub key_url: Option<String>,
    /// The customer's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer's computer.
    #[serde(default)]
    pub hostname: Option<String>,
}

impl Deed for CustomerJoin {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let key = self.short_key.or(self.key_url).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Impossible("give short_key or key_url".to_owned()))?;
        let customer = CustomerDetails { name: self.name, hostname: self.hostname };
        match state.start_session(&key, customer) {
            Ok(session) => Ok(json!({ "lsid": session.lsid, "lseq": session.lseq })),
            Err(refusal) => Err(Impossible(refusal.as_str().to_owned())),
        }
    }
}

/// A customer who leaves.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CustomerLeave {
    pub(crate) lsid: String,
}

impl Deed for CustomerLeave {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let now = state.now();
        let session = state.running_session_mut(&self.lsid);
        let session = session.ok_or_else(|| Impossible("no such running session".to_owned()))?;
        session.customer_leaves(now);
        Ok(json!({ "lsid": session.lsid }))
    }
}

/// A representative who logs in to the console.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepLogin {
    pub(crate) representative: String,
}

/// A representative who logs out.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepLogout {
    pub(crate) representative: String,
}

/// An administrator who gives a representative another user name.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepRename {
    pub(crate) representative: String,
    pub(crate) name: String,
}

impl Deed for RepRename {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let rep = state.representative_mut(&self.representative);
        let rep = rep.ok_or_else(|| Impossible("no such representative".to_owned()))?;
        rep.username = self.name;
        Ok(json!({ "representative": rep.username }))
    }
}

fn set_logged_in(state: &mut State, name: &str, logged_in: bool) -> Result<Value, Impossible> {
    let now = state.now();
    let rep = state.representative_mut(name);
    let rep = rep.ok_or_else(|| Impossible("no such representative".to_owned()))?;
    rep.logged_in_since = logged_in.then_some(now);
    rep.web_console = false;
    Ok(json!({ "representative": rep.username, "logged_in": logged_in }))
}

impl Deed for RepLogin {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        set_logged_in(&mut site.lock(), &self.representative, true)
    }
}

impl Deed for RepLogout {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        set_logged_in(&mut site.lock(), &self.representative, false)
    }
}

/// A representative who enters a running session.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepJoin {
    pub(crate) representative: String,
    pub(crate) lsid: String,
}

impl Deed for RepJoin {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let id = state.representative(&self.representative).map(|rep| rep.id);
        match id.is_some_and(|id| state.join_representative(&self.lsid, id)) {
            true => Ok(json!({ "lsid": self.lsid })),
            false => Err(Impossible("no such session, or not logged in".to_owned())),
        }
    }
}

/// A representative who leaves a session that goes on.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepLeave {
    pub(crate) representative: String,
    pub(crate) lsid: String,
}

/// A representative who becomes the owner of a session that they are in.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepOwn {
    pub(crate) representative: String,
    pub(crate) lsid: String,
}

fn in_session(
    state: &mut State,
    name: &str,
    lsid: &str,
    change: impl FnOnce(&mut Session, i64, u32) -> bool,
) -> Result<Value, Impossible> {
    let now = state.now();
    let id = state.representative(name).map(|rep| rep.id);
    let session = state.running_session_mut(lsid);
    let changed = id.zip(session).is_some_and(|(id, session)| change(session, now, id));
    match changed {
        true => Ok(json!({ "lsid": lsid })),
        false => Err(Impossible("no such session, or not in it".to_owned())),
    }
}

impl Deed for RepLeave {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        in_session(
            &mut site.lock(),
            &self.representative,
            &self.lsid,
            Session::representative_leaves,
        )
    }
}

impl Deed for RepOwn {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        in_session(&mut site.lock(), &self.representative, &self.lsid, Session::give_to)
    }
}

/// A customer who starts a session without a key, by choosing a representative.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SessionBegin {
    /// Whom they choose; that person has to be logged in.
    pub representative: String,
    /// The customer's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer's computer.
    #[serde(default)]
    pub hostname: Option<String>,
    /// What the representative typed as external key.
    #[serde(default)]
    pub external_key: Option<String>,
}

impl Deed for SessionBegin {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let now = state.now();
        let customer = CustomerDetails { name: self.name, hostname: self.hostname };
        let begun = state.start_walk_in(&self.representative, customer);
        let session = begun.and_then(|lsid| state.running_session_mut(&lsid));
        let session = session.ok_or_else(|| Impossible("they are not logged in".to_owned()))?;
        if let Some(key) = self.external_key {
            session.set_attribute(now, "external_key", &key);
        }
        Ok(json!({ "lsid": session.lsid, "lseq": session.lseq }))
    }
}

/// A representative who types into the field External Key of the console, while the session runs.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct KeyTyped {
    pub(crate) lsid: String,
    pub(crate) external_key: String,
}

impl Deed for KeyTyped {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let now = state.now();
        let session = state.running_session_mut(&self.lsid);
        let session = session.ok_or_else(|| Impossible("no such running session".to_owned()))?;
        session.set_attribute(now, "external_key", &self.external_key);
        Ok(json!({ "lsid": session.lsid }))
    }
}

/// A busy day: sessions of representatives who did not exist before.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Crowd {
    pub(crate) sessions: u32,
    pub(crate) representatives: u32,
}

impl Deed for Crowd {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let count = self.representatives.max(1);
        let names: Vec<String> = (0..count).map(|nth| format!("crowd-{nth:03}")).collect();
        for name in &names {
            state.hire(name);
        }
        let turns = names.iter().cycle().zip(0..self.sessions);
        let begun = turns.filter_map(|(name, nth)| {
            let customer = CustomerDetails { name: Some(format!("Visitor {nth}")), hostname: None };
            state.start_walk_in(name, customer)
        });
        Ok(json!({ "sessions": begun.count() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appliance::seed::seeded;

    #[test]
    fn a_customer_joins_with_a_key_that_exists() {
        let state = seeded(1);
        let common = state.common.clone();
        let site = Site::new(state, common);
        let join = CustomerJoin { short_key: Some("1234567".to_owned()), ..Default::default() };
        assert!(join.act(&site).is_err());
        assert!(site.lock().sessions.is_empty());
    }
}
