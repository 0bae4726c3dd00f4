//! What the control page shows of the console: the scripts that it took.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::state::State;
use crate::common::html::escape;

pub(crate) fn scripts(body: &mut String, state: &State, appliance: &str) {
    body.push_str("<h2>Scripts for the representative console</h2><table id=\"console\">");
    for run in state.runs.iter().rev() {
        let _ = write!(
            body,
            "<tr><td><a href=\"https://{appliance}/simulator/console/run/{id}\">{id}</a><td>{}<td>{}<td>{}",
            escape(&run.representative),
            escape(&run.script),
            escape(run.refusal().unwrap_or("taken")),
            id = run.id,
        );
    }
    body.push_str("</table>");
}

/// What a test may want to know.
pub(crate) fn describe(state: &State) -> Map<String, Value> {
    Map::from_iter([("console_runs".to_owned(), json!(state.runs))])
}
