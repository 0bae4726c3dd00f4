//! All systems together: made from one seed, described for tests, and reached by the faults that
//! happen at once. The systems do not know it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::common::faults::{FaultName, FaultSwitch};
use crate::common::places::Places;
use crate::common::site::{Common, Site};
use crate::{appliance, console, org};

/// The systems, and what they have in common.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) common: Arc<Common>,
    pub(crate) appliance: appliance::Shared,
    pub(crate) console: console::Shared,
    pub(crate) org: org::Shared,
}

impl World {
    /// Makes the world of a seed.
    pub(crate) fn make(seed: u64, places: Places) -> Arc<Self> {
        let common = Common::new(places);
        let appliance = Site::new(appliance::make(seed, common.clone()), common.clone());
        let org = Site::new(org::make(seed, common.clone()), common.clone());
        let console = console::Shared::new(appliance.clone());
        Arc::new(Self { common, appliance, console, org })
    }

    /// Turns a fault, and lets it happen if it is an event.
    pub(crate) fn switch(&self, switch: FaultSwitch) {
        if switch.on {
            if switch.name == FaultName::TokenExpiredNow {
                self.appliance.lock().tokens.clear();
            } else if switch.name == FaultName::SessionExpired {
                self.org.lock().grants.expire_access_tokens();
            } else if switch.name == FaultName::RefreshRevoked {
                self.org.lock().grants.revoke_all();
            }
            if switch.name.is_event() && switch.count.is_none() {
                return;
            }
        }
        self.common.faults.set(switch);
    }

    /// Everything that a test may want to know. Secrets and tokens are counted, not shown.
    pub(crate) fn describe(&self) -> Value {
        let Common { clock, faults, calls, .. } = &*self.common;
        let mut all = Map::from_iter([
            ("now".to_owned(), json!(clock.timestamp().to_string())),
            ("faults".to_owned(), json!(faults)),
            ("calls".to_owned(), json!(calls)),
        ]);
        all.extend(appliance::control::describe(&self.appliance.lock()));
        all.extend(console::control::describe(&self.console.lock()));
        all.extend(org::control::describe(&self.org.lock()));
        Value::Object(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_shows_no_secret() {
        let world = World::make(1, Places::default());
        let state = world.describe();
        assert!(!state.to_string().contains(&world.appliance.lock().client_secret));
        assert_eq!(state["cases"].as_array().map(Vec::len), Some(20));
    }
}
