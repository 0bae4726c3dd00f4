//! The appliance when the simulator starts: its representatives, twenty Jump Items, the first twelve
//! with a client, and three Jumpoints. The same seed gives the same ids.

use std::sync::Arc;

use super::state::{JumpItem, Representative, State};
use crate::common::chance::Chance;
use crate::common::people::PEOPLE;
use crate::common::site::Common;

const JUMPOINTS: [&str; 3] = ["Head Office", "Branch 7", "Data Centre"];

/// Name, host name, tag, comments, and whether a client is installed.
const JUMP_ITEMS: [(&str, &str, &str, &str, bool); 20] = [
    ("Front desk", "FRONTDESK-3", "reception", "Ground floor, behind the counter", true),
    ("Till 1", "TILL-01", "till", "Touch screen", true),
    ("Till 2", "TILL-02", "till", "Touch screen, slow", true),
    ("Till 3", "TILL-03", "till", "Spare", true),
    ("Warehouse scanner", "SCAN-WH-1", "warehouse", "Handheld dock", true),
    ("Label printer", "LABEL-7", "bakery", "Needs its driver", true),
    ("Meeting room panel", "PANEL-OSLO", "rooms", "Room Oslo", true),
    ("Library terminal", "PUBLIC-12", "library", "Public; resets at night", true),
    ("Laptop of T. Harbour", "LT-HARBOUR", "laptop", "Often at sea", true),
    ("Laptop of J. Müller", "LT-MUELLER", "laptop", "German keyboard", true),
    ("CAD workstation", "CAD-02", "engineering", "Two screens", true),
    ("Kyoto office", "KYOTO-1", "office", "京都", true),
    ("Domain controller", "DC-01", "server", "Ask before a restart", false),
    ("File server", "FILES-01", "server", "Quota on /home & /shared", false),
    ("Mail gateway", "MX-01", "server", "Linux", false),
    ("Build server", "BUILD-01", "server", "100% busy at night", false),
    ("Core switch", "SW-CORE", "network", "Shell only", false),
    ("Branch router", "RT-BRANCH", "network", "Shell only", false),
    ("Old ERP", "ERP-LEGACY", "server", "VNC", false),
    ("Kiosk <lobby>", "KIOSK-1", "kiosk", "Name with \"odd\" signs", false),
];

fn jump_items() -> Vec<JumpItem> {
    let item = |(number, row): (u32, &(&str, &str, &str, &str, bool))| JumpItem {
        name: row.0.to_owned(),
        hostname: row.1.to_owned(),
        private_ip: format!("10.20.{}.{}", number / 10, 100 + number),
        public_ip: format!("203.0.113.{}", 100 + number),
        tag: row.2.to_owned(),
        comments: row.3.to_owned(),
        is_client: row.4,
    };
    (1..).zip(&JUMP_ITEMS).map(item).collect()
}

/// Makes the appliance of a seed.
pub(crate) fn make(seed: u64, common: Arc<Common>) -> State {
    let now = common.clock.now();
    let representatives = PEOPLE.iter().zip(1_u32..).filter_map(|(person, n)| {
        person.on_appliance.map(|logged_in| Representative {
            id: n + 1,
            username: person.representative.to_owned(),
            public_name: person.first.to_owned(),
            private_name: person.name(),
            hostname: format!("HELPDESK-{n:02}"),
            logged_in_since: logged_in.then_some(now - 1800),
            web_console: false,
        })
    });
    let mut state = State::new(Chance::new(seed, 1), common, representatives.collect());
    state.jumpoints = JUMPOINTS.map(str::to_owned).to_vec();
    state.jump_items = jump_items();
    state
}

/// The appliance of a seed, by itself.
#[cfg(test)]
pub(crate) fn seeded(seed: u64) -> State {
    make(seed, Common::new(crate::common::places::Places::default()))
}
