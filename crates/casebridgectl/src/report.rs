//! A saved report as JSON (`docs/administrator.md#a-report-as-json`). Times are RFC 3339 UTC;
//! values missing in the report are null or empty.

use crate::answer::Answer;
use casebridge_domain::report::{
    Customer, Direction, Links, RecordingKind, ReportSink, Representative, Session, SessionEvent,
};
use casebridge_domain::{Failure, Lsid};
use casebridge_use_cases::report;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

pub(crate) fn show(file: &Path) -> Result<Answer, Failure> {
    let mut sessions = Sessions::default();
    report::read_file(file, &mut sessions)?;
    let count = sessions.done.len();
    let text = match count {
        1 => "1 session. To see all its data, add --json.".to_owned(),
        _ => format!("{count} sessions. To see all their data, add --json."),
    };
    let lines = sessions.done.iter().map(line);
    let text = std::iter::once(text).chain(lines).collect::<Vec<_>>().join("\n");
    Ok(Answer::new(json!({ "sessions": sessions.done }), text))
}

fn line(session: &Value) -> String {
    let text = |name: &str| session[name].as_str().unwrap_or("-").to_owned();
    let count = |name: &str| session[name].as_array().map_or(0, Vec::len);
    format!(
        "{}  {}  {}, {} events, {} chat lines, {} files{}",
        text("lsid"),
        text("start_time"),
        text("primary_customer"),
        count("events"),
        count("chat"),
        count("file_transfers"),
        if session["complete"] == true { "" } else { ", still running" },
    )
}

/// The sessions read so far, and the lists of the current one.
#[derive(Default)]
struct Sessions {
    done: Vec<Value>,
    events: Vec<Value>,
    chat: Vec<Value>,
    notes: Vec<Value>,
    transfers: Vec<Value>,
    system: Map<String, Value>,
    recordings: Vec<Value>,
    /// The shells whose recordings are known.
    shells: BTreeSet<u32>,
}

impl ReportSink for Sessions {
    fn session_begins(&mut self, _: &Lsid) -> io::Result<()> {
        let done = std::mem::take(&mut self.done);
        *self = Self { done, ..Self::default() };
        Ok(())
    }

    fn event(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        let at = time(event.time);
        match event.kind {
            "Chat Message" => self.chat.push(json!({
                "time": at, "from": filled(event.performed_by.name),
                "from_type": filled(event.performed_by.kind), "text": event.text,
            })),
            "Session Note Added" => self.notes.push(
                json!({ "time": at, "by": filled(event.performed_by.name), "text": event.text }),
            ),
            _ => {}
        }
        if let Some(direction) = event.direction() {
            let direction = match direction {
                Direction::Upload => "upload",
                Direction::Download => "download",
            };
            self.transfers.extend(event.files.iter().map(|file| {
                json!({ "time": at, "direction": direction, "name": file.name, "size": file.size })
            }));
        }
        if let Some((kind, instance, links)) = event.recording() {
            let shell = kind == RecordingKind::Shell;
            if !shell || self.shells.insert(instance.unwrap_or_default()) {
                self.recordings.push(recording(if shell { "shell" } else { "screen" }, &links));
            }
        }
        for category in event.system_information {
            let rows = category.rows.iter().map(|row| object(row));
            let known = self.system.entry(&category.name).or_insert_with(|| json!([]));
            if let Value::Array(all) = known {
                all.extend(rows);
            }
        }
        self.events.push(json!({
            "time": at,
            "type": event.kind,
            "performed_by": filled(event.performed_by.name),
            "destination": filled(event.destination.name),
            "text": filled(event.text),
            "data": object(event.data),
        }));
        Ok(())
    }

    fn session_ends(&mut self, session: Session) -> io::Result<()> {
        let shells = session.shell_recordings.iter();
        let shells: Vec<Value> = shells
            .filter(|shell| self.shells.insert(shell.instance))
            .map(|shell| recording("shell", &shell.links))
            .collect();
        let whole =
            (!session.recording.is_empty()).then(|| recording("session", &session.recording));
        let recordings: Vec<Value> =
            whole.into_iter().chain(shells).chain(self.recordings.drain(..)).collect();
        let attributes = session.custom_attributes.iter();
        let attributes: Map<String, Value> =
            attributes.map(|one| (one.code_name.clone(), json!(one.value))).collect();
        let customers: Vec<Value> = session.customers.iter().map(customer).collect();
        let representatives: Vec<Value> =
            session.representatives.iter().map(representative).collect();
        self.done.push(json!({
            "lsid": session.lsid.as_str(),
            "lseq": session.lseq,
            "session_type": session.session_type,
            "start_time": time(session.start_time),
            "end_time": time(session.end_time),
            "duration_seconds": session.duration_seconds,
            "complete": session.is_complete(),
            "public_site": session.public_site.as_ref().map(|site| &site.name),
            "external_key": session.external_key,
            "custom_attributes": attributes,
            "primary_customer": session.primary_customer,
            "primary_representative": session.primary_representative,
            "customers": customers,
            "representatives": representatives,
            "teams": session.teams,
            "chat": std::mem::take(&mut self.chat),
            "notes": std::mem::take(&mut self.notes),
            "file_transfers": std::mem::take(&mut self.transfers),
            "events": std::mem::take(&mut self.events),
            "system_information": std::mem::take(&mut self.system),
            "recordings": recordings,
            "chat_view_url": session.chat.view,
            "chat_download_url": session.chat.download,
        }));
        Ok(())
    }
}

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Values by name. Values with the same name are joined.
fn object(pairs: &[(String, String)]) -> Value {
    let mut all = Map::new();
    for (name, value) in pairs {
        match all.get_mut(name) {
            Some(Value::String(known)) => *known = format!("{known}, {value}"),
            Some(_) | None => drop(all.insert(name.clone(), json!(value))),
        }
    }
    Value::Object(all)
}

fn recording(kind: &str, links: &Links) -> Value {
    json!({ "kind": kind, "view_url": links.view, "download_url": links.download })
}

fn customer(customer: &Customer) -> Value {
    json!({
        "gsnumber": customer.gsnumber, "name": customer.name, "hostname": customer.hostname,
        "os": customer.os, "public_ip": customer.public_ip, "private_ip": customer.private_ip,
    })
}

fn representative(representative: &Representative) -> Value {
    json!({
        "gsnumber": representative.gsnumber,
        "id": representative.id,
        "username": representative.username,
        "display_name": representative.shown_name(),
        "owner": representative.is_owner,
        "seconds_involved": representative.seconds_involved,
    })
}
