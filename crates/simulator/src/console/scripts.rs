//! Running scripts: what each command does on the appliance, and where the person has to choose.

use super::grammar::{self, Command};
use super::state::{Origin, Outcome, Run, State};
use crate::appliance::{JumpItem, JumpTarget, Queue, Refusal, State as Appliance, make_key};
use crate::common::faults::FaultName;

const JUMPOINT: &str = "Jumpoint";
const JUMP_ITEM: &str = "Jump Item";

/// Takes a script and returns the id of its run.
pub(crate) fn take(
    console: &mut State,
    appliance: &mut Appliance,
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
        Ok(commands) => match log_in(appliance, representative, origin) {
            Err(why) => (false, vec![Outcome::Refused { why }]),
            Ok(displaced) => {
                let run = |command: &Command| perform(appliance, representative, command);
                (displaced, commands.iter().map(run).collect())
            }
        },
    };
    let runs = &mut console.runs;
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
fn log_in(appliance: &mut Appliance, representative: &str, origin: Origin) -> Result<bool, String> {
    let now = appliance.now();
    let rep = appliance.representative_mut(representative);
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
pub(crate) fn choose(
    console: &mut State,
    appliance: &mut Appliance,
    id: usize,
    option: usize,
) -> Option<()> {
    let run = console.runs.get(id.checked_sub(1)?)?.clone();
    let place = run.outcomes.iter().position(|o| matches!(o, Outcome::Choosing { .. }))?;
    let Outcome::Choosing { what, options, mut command } = run.outcomes.get(place)?.clone() else {
        return None;
    };
    let chosen = options.get(option)?.clone();
    let outcome = if what == JUMPOINT {
        command.pairs.push(("jumpoint".to_owned(), chosen));
        perform(appliance, &run.representative, &command)
    } else {
        let item = appliance.jump_items.iter().find(|item| item.name == chosen)?.clone();
        start(appliance, &run.representative, &command, item_target(&item))
    };
    *console.runs.get_mut(id - 1)?.outcomes.get_mut(place)? = outcome;
    Some(())
}

fn perform(appliance: &mut Appliance, representative: &str, command: &Command) -> Outcome {
    if appliance.faults().take(FaultName::ConsoleIdle, &command.action).is_some() {
        return Outcome::Nothing;
    }
    match command.action.as_str() {
        "login" => Outcome::LoggedIn,
        "generate_session_key" => open_key_dialog(appliance, representative, command),
        "start_jump_item_session" => to_item(appliance, representative, command),
        "push_and_start_local" => {
            let target = target(command.get("hostname"), "Windows 11 Pro (64-bit)", None);
            start(appliance, representative, command, target)
        }
        _ => through_jumpoint(appliance, representative, command),
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

fn open_key_dialog(appliance: &mut Appliance, representative: &str, command: &Command) -> Outcome {
    let Some(id) = appliance.representative(representative).map(|rep| rep.id) else {
        return Outcome::Refused { why: "There is no such representative.".to_owned() };
    };
    let portal = command.get("public_portal_hostname").filter(|portal| !portal.is_empty());
    let attributes = command.custom().map(|(code, value)| (code.to_owned(), value.to_owned()));
    let host = appliance.common.places.appliance_host();
    match make_key(appliance, &host, portal, Queue::Rep(id), None, attributes.collect()) {
        Ok(key) => Outcome::Key { short_key: key.short_key, key_url: key.key_url },
        Err(Refusal::Error(why)) => Outcome::Refused { why },
        Err(Refusal::Permission) => Outcome::Refused { why: "This is not permitted.".to_owned() },
    }
}

fn to_item(appliance: &mut Appliance, representative: &str, command: &Command) -> Outcome {
    let found: Vec<JumpItem> =
        appliance.jump_items.iter().filter(|item| matches(item, command)).cloned().collect();
    match found.as_slice() {
        [] => Outcome::Refused { why: "No Jump Item was found.".to_owned() },
        [item] => start(appliance, representative, command, item_target(item)),
        _ => Outcome::Choosing {
            what: JUMP_ITEM,
            options: found.into_iter().map(|item| item.name).collect(),
            command: command.clone(),
        },
    }
}

/// Whether a Jump Item has every text that is searched for, in part and in any case.
fn matches(item: &JumpItem, command: &Command) -> bool {
    let has = |text: &str, wanted: &str| text.to_lowercase().contains(&wanted.to_lowercase());
    let client = |address: &str, wanted: &str| item.is_client && has(address, wanted);
    command.pairs.iter().all(|(name, wanted)| match name.as_str() {
        "search_string" => {
            [&item.name, &item.hostname, &item.tag, &item.comments]
                .iter()
                .any(|text| has(text, wanted))
                || client(&item.private_ip, wanted)
                || client(&item.public_ip, wanted)
        }
        "client.comments" => has(&item.comments, wanted),
        "client.hostname" => has(&item.hostname, wanted),
        "client.private_ip" => client(&item.private_ip, wanted),
        "client.public_ip" => client(&item.public_ip, wanted),
        "client.tag" => has(&item.tag, wanted),
        _ => true,
    })
}

fn through_jumpoint(appliance: &mut Appliance, representative: &str, command: &Command) -> Outcome {
    let known = &appliance.jumpoints;
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
    start(appliance, representative, command, target(command.get("target"), os, Some(jumpoint)))
}

fn start(
    appliance: &mut Appliance,
    representative: &str,
    command: &Command,
    to: JumpTarget,
) -> Outcome {
    let custom = command.custom().map(|(code, value)| (code.to_owned(), value.to_owned()));
    let hostname = to.hostname.clone();
    match appliance.start_jump(representative, to, custom.collect()) {
        Some(lsid) => Outcome::Started { lsid, hostname },
        None => Outcome::Refused { why: "The session could not be started.".to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::places::Places;
    use crate::common::site::Common;

    /// The console beside an appliance.
    struct World {
        console: State,
        appliance: Appliance,
    }

    fn make_world(seed: u64) -> World {
        let appliance = crate::appliance::make(seed, Common::new(Places::default()));
        World { console: State::default(), appliance }
    }

    impl World {
        fn take(&mut self, origin: Origin, script: &str) -> usize {
            take(&mut self.console, &mut self.appliance, "ada", origin, script)
        }

        fn choose(&mut self, id: usize, option: usize) -> Option<()> {
            choose(&mut self.console, &mut self.appliance, id, option)
        }
    }

    fn run(world: &mut World, script: &str) -> Outcome {
        let id = world.take(Origin::RunScript, script);
        world.console.runs[id - 1].outcomes[0].clone()
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
        world.choose(6, 1).unwrap();
        assert!(matches!(world.console.runs[5].outcomes[0], Outcome::Started { .. }));
    }

    #[test]
    fn a_jump_carries_its_external_key_and_without_jumpoint_the_person_chooses() {
        let mut world = make_world(1);
        let script = "action=start_vnc_session&target=PC-9&session.custom.external_key=500x";
        let outcome = run(&mut world, script);
        assert!(matches!(outcome, Outcome::Choosing { what: JUMPOINT, .. }), "{outcome:?}");
        world.choose(1, 0).unwrap();
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
        let id = world.take(Origin::Web, script);
        assert!(world.console.runs[id - 1].displaced);
        let id = world.take(Origin::Web, script);
        assert!(!world.console.runs[id - 1].displaced);
        let id = world.take(Origin::RunScript, script);
        assert!(world.console.runs[id - 1].displaced);
    }

    #[test]
    fn a_refusal_is_kept_and_starts_nothing() {
        let mut world = make_world(1);
        for script in ["action=login&password=x", "action=start_vnc_session&target=a&jumpoint=x"] {
            assert!(matches!(run(&mut world, script), Outcome::Refused { .. }), "{script}");
        }
        assert!(world.appliance.sessions.is_empty());
        assert_eq!(world.console.runs.len(), 2);
    }
}
