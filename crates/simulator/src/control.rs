//! The control page and its calls. What belongs to a system is the system's own; here are the faults,
//! the time, and the page that shows all of it.
//!
//! Every call takes JSON or a form. A form comes from the page and goes back to it.
//!
//! | call | body |
//! | --- | --- |
//! | `GET /control/state` | |
//! | `POST /control/fault` | `name`, `on`; optional `count`, `only`, `text`, `seconds` |
//! | `POST /control/faults/clear`, `POST /control/calls/clear` | |
//! | `POST /control/customer/join` | `short_key` or `key_url`; optional `name`, `hostname` |
//! | `POST /control/customer/leave` | `lsid` |
//! | `POST /control/rep/login`, `POST /control/rep/logout` | `representative` |
//! | `POST /control/rep/rename` | `representative`, `name` |
//! | `POST /control/rep/join`, `/leave`, `/own` | `representative`, `lsid` |
//! | `POST /control/session/key` | `lsid`, `external_key`: typed in the console |
//! | `POST /control/session/begin` | `representative`; optional `name`, `hostname`, `external_key` |
//! | `POST /control/session/work` | `lsid`; optional `chat`, `chat_bytes`, `says` |
//! | `POST /control/session/survey` | `lsid`; optional `representative`, `answers`, `after_seconds` |
//! | `POST /control/session/crowd` | `sessions`, `representatives` |
//! | `POST /control/user` | `username`, `field`, `value` |
//! | `POST /control/clock` | `advance_seconds` |
//!
//! What cannot be done answers 409, what cannot be read 422, both with `{"error"}`.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::deed::{Deed, Impossible, call};
use crate::common::faults::{FaultName, FaultSwitch, Faults};
use crate::common::html::{self, button, escape};
use crate::common::site::Common;
use crate::world::World;
use crate::{appliance, console, org};

/// All addresses of the control server.
pub(crate) fn router(world: &Arc<World>) -> Router {
    let common = Router::new()
        .route("/control/faults/clear", post(call::<ClearFaults>))
        .route("/control/calls/clear", post(call::<ClearCalls>))
        .route("/control/clock", post(call::<Clock>))
        .with_state(world.common.clone());
    Router::new()
        .route("/", get(control_page))
        .route("/control/state", get(state))
        .route("/control/fault", post(call::<FaultSwitch>))
        .with_state(world.clone())
        .merge(common)
        .merge(appliance::control_router(&world.appliance))
        .merge(org::control_router(&world.org))
}

impl Deed for FaultSwitch {
    type To = World;

    fn act(self, world: &World) -> Result<Value, Impossible> {
        world.switch(self);
        Ok(json!({ "faults": world.common.faults }))
    }
}

/// Switches every fault off.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ClearFaults {}

impl Deed for ClearFaults {
    type To = Common;

    fn act(self, common: &Common) -> Result<Value, Impossible> {
        common.faults.clear();
        Ok(json!({}))
    }
}

/// Forgets the calls so far.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ClearCalls {}

impl Deed for ClearCalls {
    type To = Common;

    fn act(self, common: &Common) -> Result<Value, Impossible> {
        common.calls.clear();
        Ok(json!({}))
    }
}

/// Time that passes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Clock {
    pub(crate) advance_seconds: i64,
}

impl Deed for Clock {
    type To = Common;

    fn act(self, common: &Common) -> Result<Value, Impossible> {
        common.clock.advance(self.advance_seconds);
        Ok(json!({ "now": common.clock.timestamp().to_string() }))
    }
}

async fn state(State(world): State<Arc<World>>) -> Json<Value> {
    Json(world.describe())
}

async fn control_page(State(world): State<Arc<World>>) -> Html<String> {
    let mut body = String::new();
    let places = &world.common.places;
    let _ = write!(
        body,
        "<p><a href=\"{org}/lightning/o/Case/list\">Cases</a> · \
         <a href=\"https://{appliance}/\">Customer page</a> · \
         <a href=\"{control}/control/state\">State</a></p>",
        org = places.org_url(),
        appliance = places.appliance_host(),
        control = places.control_url(),
    );
    {
        let (scripts, appliance) = (world.console.lock(), world.appliance.lock());
        appliance::control::keys(&mut body, &appliance);
        appliance::control::beginning(&mut body, &appliance);
        appliance::control::sessions(&mut body, &appliance);
        console::control::scripts(&mut body, &scripts, &places.appliance_host());
        appliance::control::representatives(&mut body, &appliance);
    }
    org::control::emails(&mut body, &world.org.lock());
    faults_section(&mut body, &world.common.faults);
    html::page("Simulator", "Casebridge simulator", &body)
}

fn faults_section(body: &mut String, faults: &Faults) {
    body.push_str("<h2>Faults</h2><table id=\"faults\">");
    for name in FaultName::ALL {
        let on = faults.is_on(*name);
        let (label, next) = if on { ("Switch off", "false") } else { ("Switch on", "true") };
        let _ = write!(
            body,
            "<tr><td>{}{}<td>{}<td>{}",
            name.as_str(),
            if on { " <strong>on</strong>" } else { "" },
            escape(name.help()),
            button("fault", label, &[("name", name.as_str()), ("on", next)]),
        );
    }
    body.push_str("</table>");
}
