//! The representative console: takes scripts, logs its representative in, and starts sessions.
//!
//! A script gives nothing back; what became of it is a [`Run`], which the pages show. Where the
//! real console would ask the person, the run waits for a choice.

mod grammar;
mod pages;

use serde::Serialize;

use self::grammar::Command;
use crate::appliance::{Refusal, make_key};
use crate::faults::FaultName;
use crate::state::{JumpItem, JumpTarget, Queue, World};

pub(crate) use self::pages::router;

/// How a script came to the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// Behind `--run-script`.
    RunScript,
    /// In a script file.
    File,
    /// Through the page for the web console.
    Web,
}

/// What became of a script.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Run {
    pub(crate) id: usize,
    pub(crate) representative: String,
    pub(crate) origin: Origin,
    pub(crate) script: String,
    /// The representative was logged in to the other console, which ended with this.
    pub(crate) displaced: bool,
    pub(crate) outcomes: Vec<Outcome>,
}

/// What became of a command.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It was not carried out.
    Refused { why: String },
    /// The representative is logged in.
    LoggedIn,
    /// A session began.
    Started { lsid: String, hostname: String },
    /// The key dialog is open.
    Key { short_key: String, key_url: String },
    /// The person has to choose.
    Choosing {
        what: &'static str,
        options: Vec<String>,
        #[serde(skip)]
        command: Command,
    },
    /// Nothing happened, as when the person closes the console's dialog.
    Nothing,
}

const JUMPOINT: &str = "Jumpoint";
const JUMP_ITEM: &str = "Jump Item";

/// Takes a script and returns the id of its run.
pub(crate) fn take(
    world: &mut World,
    host: &str,
    representative: &str,
    origin: Origin,
    script: &str,
) -> usize {
    let commands = match origin {
        Origin::File => grammar::read_file(script),
        Origin::RunScript | Origin::Web => grammar::read_argument(script),
    };
    let (displaced, outcomes) = match commands {
        Err(why) => (false, vec![Outcome::Refused { why }]),
        Ok(commands) => match log_in(world, representative, origin) {
            Err(why) => (false, vec![Outcome::Refused { why }]),
            Ok(displaced) => {
                let run = |command: &Command| perform(world, host, representative, command);
                (displaced, commands.iter().map(run).collect())
            }
        },
    };
    let runs = &mut world.appliance.console_runs;
    let id = runs.len() + 1;
    runs.push(Run {
        id,
        representative: representative.to_owned(),
        origin,
        script: script.to_owned(),
        displaced,
        outcomes,
    });
    id
}

/// Logs the representative in; whether that ended a log-in to the other console.
fn log_in(world: &mut World, representative: &str, origin: Origin) -> Result<bool, String> {
    let now = world.appliance_now();
    let rep = world.appliance.representative_mut(representative);
    let rep = rep.ok_or("There is no such representative.")?;
    let web = origin == Origin::Web;
    let displaced = rep.logged_in_since.is_some() && rep.web_console != web;
    if displaced || rep.logged_in_since.is_none() {
        rep.logged_in_since = Some(now);
    }
    rep.web_console = web;
    Ok(displaced)
}

/// Chooses for a run that waits.
pub(crate) fn choose(world: &mut World, host: &str, id: usize, option: usize) -> Option<()> {
    let run = world.appliance.console_runs.get(id.checked_sub(1)?)?.clone();
    let place = run.outcomes.iter().position(|o| matches!(o, Outcome::Choosing { .. }))?;
    let Outcome::Choosing { what, options, mut command } = run.outcomes.get(place)?.clone() else {
        return None;
    };
    let chosen = options.get(option)?.clone();
    let outcome = if what == JUMPOINT {
        command.pairs.push(("jumpoint".to_owned(), chosen));
        perform(world, host, &run.representative, &command)
    } else {
        let item = world.appliance.jump_items.iter().find(|item| item.name == chosen)?.clone();
        start(world, &run.representative, &command, item_target(&item))
    };
    *world.appliance.console_runs.get_mut(id - 1)?.outcomes.get_mut(place)? = outcome;
    Some(())
}

fn perform(world: &mut World, host: &str, representative: &str, command: &Command) -> Outcome {
    if world.faults.take(FaultName::ConsoleIdle, &command.action).is_some() {
        return Outcome::Nothing;
    }
    match command.action.as_str() {
        "login" => Outcome::LoggedIn,
        "generate_session_key" => open_key_dialog(world, host, representative, command),
        "start_jump_item_session" => to_item(world, representative, command),
        "push_and_start_local" => {
            let target = target(command.get("hostname"), "Windows 11 Pro (64-bit)", None);
            start(world, representative, command, target)
        }
        _ => through_jumpoint(world, representative, command),
    }
}

fn target(name: Option<&str>, os: &'static str, jumpoint: Option<String>) -> JumpTarget {
    let name = name.unwrap_or_default().to_owned();
    JumpTarget { name: name.clone(), hostname: name, os, jumpoint }
}

fn item_target(item: &JumpItem) -> JumpTarget {
    JumpTarget {
        name: item.name.clone(),
        hostname: item.hostname.clone(),
        os: if item.is_client { "Windows 10 Enterprise (64-bit)" } else { "Windows Server 2022" },
        jumpoint: None,
    }
}

fn open_key_dialog(
    world: &mut World,
    host: &str,
    representative: &str,
    command: &Command,
) -> Outcome {
    let Some(id) = world.appliance.representative(representative).map(|rep| rep.id) else {
        return Outcome::Refused { why: "There is no such representative.".to_owned() };
    };
    let portal = command.get("public_portal_hostname").filter(|portal| !portal.is_empty());
    let attributes = command.custom().map(|(code, value)| (code.to_owned(), value.to_owned()));
    match make_key(world, host, portal, Queue::Rep(id), None, attributes.collect()) {
        Ok(key) => Outcome::Key { short_key: key.short_key, key_url: key.key_url },
        Err(Refusal::Error(why)) => Outcome::Refused { why },
        Err(Refusal::Permission) => Outcome::Refused { why: "This is not permitted.".to_owned() },
    }
}

fn to_item(world: &mut World, representative: &str, command: &Command) -> Outcome {
    let found: Vec<JumpItem> =
        world.appliance.jump_items.iter().filter(|item| item.matches(command)).cloned().collect();
    match found.as_slice() {
        [] => Outcome::Refused { why: "No Jump Item was found.".to_owned() },
        [item] => start(world, representative, command, item_target(item)),
        _ => Outcome::Choosing {
            what: JUMP_ITEM,
            options: found.into_iter().map(|item| item.name).collect(),
            command: command.clone(),
        },
    }
}

impl JumpItem {
    /// Whether it has every text that is searched for, in part and in any case.
    fn matches(&self, command: &Command) -> bool {
        let has = |text: &str, wanted: &str| text.to_lowercase().contains(&wanted.to_lowercase());
        let client = |address: &str, wanted: &str| self.is_client && has(address, wanted);
        command.pairs.iter().all(|(name, wanted)| match name.as_str() {
            "search_string" => {
                [&self.name, &self.hostname, &self.tag, &self.comments]
                    .iter()
                    .any(|text| has(text, wanted))
                    || client(&self.private_ip, wanted)
                    || client(&self.public_ip, wanted)
            }
            "client.comments" => has(&self.comments, wanted),
            "client.hostname" => has(&self.hostname, wanted),
            "client.private_ip" => client(&self.private_ip, wanted),
            "client.public_ip" => client(&self.public_ip, wanted),
            "client.tag" => has(&self.tag, wanted),
            _ => true,
        })
    }
}

fn through_jumpoint(world: &mut World, representative: &str, command: &Command) -> Outcome {
    let known = &world.appliance.jumpoints;
    let jumpoint = match (command.get("jumpoint").filter(|name| !name.is_empty()), known.as_slice())
    {
        (Some(name), _) => match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            Some(known) => known.clone(),
            None => return Outcome::Refused { why: format!("There is no Jumpoint '{name}'.") },
        },
        (None, [only]) => only.clone(),
        (None, _) => {
            let options = known.clone();
            return Outcome::Choosing { what: JUMPOINT, options, command: command.clone() };
        }
    };
    let os = match command.action.as_str() {
        "start_shell_jump_session" => "Linux",
        "start_vpro_session" => "Intel vPro",
        _ => "Windows Server 2022",
    };
    start(world, representative, command, target(command.get("target"), os, Some(jumpoint)))
}

fn start(world: &mut World, representative: &str, command: &Command, to: JumpTarget) -> Outcome {
    let now = world.appliance_now();
    let World { appliance, chance, .. } = world;
    let custom = command.custom().map(|(code, value)| (code.to_owned(), value.to_owned()));
    let hostname = to.hostname.clone();
    match appliance.start_jump(chance, now, representative, to, custom.collect()) {
        Some(lsid) => Outcome::Started { lsid, hostname },
        None => Outcome::Refused { why: "The session could not be started.".to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::make_world;

    fn run(world: &mut World, script: &str) -> Outcome {
        let id = take(world, "localhost", "ada", Origin::RunScript, script);
        world.appliance.console_runs[id - 1].outcomes[0].clone()
    }

    #[test]
    fn each_filter_finds_its_jump_items() {
        let mut world = make_world(1);
        assert_eq!(world.appliance.jump_items.len(), 20);
        let item = world.appliance.jump_items[0].clone();
        for (name, text) in [
            ("search_string", &item.name),
            ("client.hostname", &item.hostname),
            ("client.private_ip", &item.private_ip),
            ("client.public_ip", &item.public_ip),
            ("client.comments", &item.comments),
        ] {
            let text: String = text
                .bytes()
                .map(|b| match b.is_ascii_alphanumeric() {
                    true => char::from(b).to_string(),
                    false => format!("%{b:02X}"),
                })
                .collect();
            let outcome = run(&mut world, &format!("action=start_jump_item_session&{name}={text}"));
            let started =
                matches!(&outcome, Outcome::Started { hostname, .. } if *hostname == item.hostname);
            assert!(started, "{name}={text}: {outcome:?}");
        }
        let outcome = run(&mut world, "action=start_jump_item_session&client.tag=till");
        assert!(matches!(outcome, Outcome::Choosing { what: JUMP_ITEM, .. }), "{outcome:?}");
        choose(&mut world, "localhost", 6, 1).unwrap();
        assert!(matches!(world.appliance.console_runs[5].outcomes[0], Outcome::Started { .. }));
    }

    #[test]
    fn a_jump_carries_its_external_key_and_without_jumpoint_the_person_chooses() {
        let mut world = make_world(1);
        let script = "action=start_vnc_session&target=PC-9&session.custom.external_key=500x";
        let outcome = run(&mut world, script);
        assert!(matches!(outcome, Outcome::Choosing { what: JUMPOINT, .. }), "{outcome:?}");
        choose(&mut world, "localhost", 1, 0).unwrap();
        let session = &world.appliance.sessions[0];
        assert_eq!(session.external_key(), Some("500x"));
        assert_eq!(session.jumpoint.as_deref(), Some(world.appliance.jumpoints[0].as_str()));
        assert_eq!(session.customer.hostname, "PC-9");
        assert!(session.representatives[0].owner);
    }

    #[test]
    fn one_console_logs_the_other_out() {
        let mut world = make_world(1);
        let script = "action=start_jump_item_session&client.hostname=till";
        let id = take(&mut world, "localhost", "ada", Origin::Web, script);
        assert!(world.appliance.console_runs[id - 1].displaced);
        let id = take(&mut world, "localhost", "ada", Origin::Web, script);
        assert!(!world.appliance.console_runs[id - 1].displaced);
        let id = take(&mut world, "localhost", "ada", Origin::RunScript, script);
        assert!(world.appliance.console_runs[id - 1].displaced);
    }

    #[test]
    fn a_refusal_is_kept_and_starts_nothing() {
        let mut world = make_world(1);
        for script in ["action=login&password=x", "action=start_vnc_session&target=a&jumpoint=x"] {
            assert!(matches!(run(&mut world, script), Outcome::Refused { .. }), "{script}");
        }
        assert!(world.appliance.sessions.is_empty());
        assert_eq!(world.appliance.console_runs.len(), 2);
    }
}
