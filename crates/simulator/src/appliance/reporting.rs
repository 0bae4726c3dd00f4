//! The Reporting API: SupportSession and SupportSessionListing.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::command::custom_attributes;
use super::language;
use super::request::{Params, Refusal};
use super::session::{Event, Party, Performer, Session, SessionRep, Survey, SystemCategory};
use super::state::State;
use super::work::bulk_chat;
use super::xml::Element;
use crate::common::clock::at;
use crate::common::faults::FaultName;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The root of a report.
pub(super) fn root_of(report: &str) -> &'static str {
    match report {
        "SupportSessionListing" => "session_summary_list",
        "SupportCustExitSurvey" | "SupportRepExitSurvey" => "exit_survey_list",
        _ => "session_list",
    }
}

/// Which sessions a report is about.
#[derive(Debug, PartialEq, Eq)]
enum Selection {
    /// Began in the span, running or not.
    Started {
        from: i64,
        until: i64,
    },
    /// Ended in the span.
    Ended {
        from: i64,
        until: i64,
    },
    Lsids(Vec<String>),
}

/// Generates a report.
pub(super) fn run(
    state: &mut State,
    host: &str,
    report: &str,
    params: &Params,
) -> Result<Element, Refusal> {
    if state.faults().take(FaultName::ForbiddenReporting, report).is_some() {
        return Err(Refusal::Permission);
    }
    let now = state.now();
    if root_of(report) == "exit_survey_list" {
        return surveys(state, report == "SupportRepExitSurvey", params, now);
    }
    let selection = parse_selection(params, now)?;
    let lag = state.faults().take(FaultName::ReportingLag, report);
    let lag = lag.map_or(0, |fault| fault.seconds.unwrap_or(30));
    let sessions: Vec<Session> = state
        .sessions
        .iter()
        .filter_map(|session| as_reported(session, now - lag))
        .filter(|session| selection.has(session))
        .collect();
    if sessions.is_empty() && says_so(state, report) {
        return Err(Refusal::error(language::NO_SESSION_REPORT));
    }
    let empty_end = state.faults().is_on(FaultName::EmptyEndTime);
    let numbers_only = state.faults().is_on(FaultName::NumbersOnly);
    let key = state.faults().get(FaultName::ListingKey);
    let key = key.map(|fault| fault.text.as_deref() == Some("child"));
    let root = Element::new(root_of(report));
    match report {
        "SupportSession" => Ok(root.children(
            sessions.iter().map(|session| whole(session, host, now, (empty_end, numbers_only))),
        )),
        "SupportSessionListing" => {
            Ok(root.children(sessions.iter().map(|session| summary(session, key))))
        }
        "" => Err(Refusal::error("Missing required parameter 'generate_report'")),
        other => Err(Refusal::error(format!("Unknown report '{other}'"))),
    }
}

/// Whether a report that found nothing says so, and is no empty list.
fn says_so(state: &mut State, report: &str) -> bool {
    state.faults().take(FaultName::EmptyLists, report).is_none()
}

/// The session as far as the report knows it at a time: later ends and events are not there yet.
fn as_reported(session: &Session, known_until: i64) -> Option<Session> {
    let mut session = session.clone();
    if session.start > known_until {
        return None;
    }
    session.end = session.end.filter(|end| *end <= known_until);
    session.events.retain(|event| event.time <= known_until);
    session.representatives.retain(|rep| rep.joined <= known_until);
    Some(session)
}

impl Selection {
    fn has(&self, session: &Session) -> bool {
        match self {
            Self::Started { from, until } => (*from..=*until).contains(&session.start),
            Self::Ended { from, until } => {
                session.end.is_some_and(|end| (*from..=*until).contains(&end))
            }
            Self::Lsids(lsids) => {
                lsids.iter().any(|lsid| lsid.trim().eq_ignore_ascii_case(&session.lsid))
            }
        }
    }
}

/// Exactly one set of parameters may be given.
fn parse_selection(params: &Params, now: i64) -> Result<Selection, Refusal> {
    let names = ["start_date", "start_time", "end_date", "end_time", "lsid", "lsids"];
    let given: Vec<&str> = names.into_iter().filter(|name| params.contains_key(*name)).collect();
    let [name] = given.as_slice() else {
        return Err(Refusal::error(
            "Exactly one of start_date, start_time, end_date, end_time, lsid and lsids is required",
        ));
    };
    let value = params[*name].as_str();
    if name.starts_with("lsid") {
        return Ok(Selection::Lsids(value.split(',').map(str::to_owned).collect()));
    }
    let by_date = name.ends_with("_date");
    let from = if by_date { parse_date(value) } else { value.parse().ok() }
        .ok_or_else(|| Refusal::parameter(name, "The value is not valid"))?;
    let duration: i64 = params
        .get("duration")
        .and_then(|text| text.parse().ok())
        .filter(|duration| *duration >= 0)
        .ok_or_else(|| Refusal::error("Missing required parameter 'duration'"))?;
    let unit = if by_date { 86_400 } else { 1 };
    let until = if duration == 0 { now } else { from + duration.saturating_mul(unit) - 1 };
    Ok(if name.starts_with("start") {
        Selection::Started { from, until }
    } else {
        Selection::Ended { from, until }
    })
}

fn parse_date(text: &str) -> Option<i64> {
    let date: Date = text.parse().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

/// The surveys that were submitted by now. An old appliance takes no LSID.
fn surveys(
    state: &mut State,
    of_representative: bool,
    params: &Params,
    now: i64,
) -> Result<Element, Refusal> {
    let by_lsid = params.contains_key("lsid") || params.contains_key("lsids");
    if by_lsid && state.faults().is_on(FaultName::SurveysByTime) {
        return Err(Refusal::parameter("lsid", "The parameter is not known"));
    }
    if params.get("report_type").is_none_or(|kind| kind != "rep") {
        return Err(Refusal::parameter("report_type", "The value is not valid"));
    }
    if !by_lsid && !params.contains_key("id") {
        return Err(Refusal::error("Missing required parameter 'id'"));
    }
    let selection = parse_selection(params, now)?;
    let chosen = state.sessions.iter().filter(|session| selection.has(session));
    let all = chosen.flat_map(|session| {
        let known = session.surveys.iter();
        known
            .filter(|survey| survey.of_representative == of_representative && survey.time <= now)
            .map(|survey| survey_element(session, survey))
    });
    let all: Vec<Element> = all.collect();
    let report = if of_representative { "SupportRepExitSurvey" } else { "SupportCustExitSurvey" };
    if all.is_empty() && says_so(state, report) {
        return Err(Refusal::error(language::NO_SURVEY));
    }
    Ok(Element::new("exit_survey_list").children(all))
}

fn survey_element(session: &Session, survey: &Survey) -> Element {
    let kind = if survey.of_representative { "rep" } else { "customer" };
    let questions = survey.answers.iter().zip(1..).map(|((name, answer), id)| {
        let answers = Element::new("answer_list").children(
            (!answer.is_empty()).then(|| Element::with_text("answer", answer.replace('\n', "\\n"))),
        );
        Element::new("question")
            .attribute("id", id)
            .child(Element::with_text("type", "text"))
            .child(Element::with_text("name", name))
            .child(Element::with_text("label", format!("About {name}?")))
            .child(Element::with_text("report_header", name))
            .child(answers)
    });
    let customer = &session.customer;
    Element::new("exit_survey")
        .attribute("lsid", &session.lsid)
        .attribute("timestamp", survey.time)
        .child(
            Element::with_text("submitted_by", &survey.name)
                .attribute("type", kind)
                .attribute("gsnumber", survey.gsnumber),
        )
        .child(
            Element::with_text("primary_customer", &customer.name)
                .attribute("gsnumber", customer.gsnumber),
        )
        .children(primary_rep(session))
        .child(Element::new("rep_list").children(owner_of(session).map(|rep| {
            Element::with_text("representative", &rep.party.name)
                .attribute("gsnumber", rep.party.gsnumber)
        })))
        .child(Element::new("question_list").children(questions))
}

/// A row of the listing; with the external key, as a child or as an attribute, where that is asked for.
fn summary(session: &Session, key_as_child: Option<bool>) -> Element {
    let element = Element::new("session_summary")
        .attribute("lsid", &session.lsid)
        .attribute("has_recording", 0);
    let key = session.external_key().unwrap_or_default();
    match key_as_child {
        None => element,
        Some(true) => element.child(Element::with_text("external_key", key)),
        Some(false) => element.attribute("external_key", key),
    }
}

fn whole(
    session: &Session,
    host: &str,
    now: i64,
    (empty_end, numbers_only): (bool, bool),
) -> Element {
    let end = match session.end {
        Some(end) => Some(time("end_time", end)),
        None if empty_end => Some(Element::new("end_time")),
        None => None,
    };
    let reps = &session.representatives;
    let chat_url = |view: &str| {
        format!("https://{host}/session_download?lsid={}&dl_action=chat{view}", session.lsid)
    };
    let mut element = Element::new("session")
        .attribute("lsid", &session.lsid)
        .child(Element::with_text("session_type", "support"))
        .child(Element::with_text("lseq", session.lseq))
        .child(time("start_time", session.start))
        .children(end)
        .child(Element::with_text("duration", duration(session.end.unwrap_or(now) - session.start)))
        .children(reps.first().map(|rep| time("rep_join_time", rep.joined)))
        .child(Element::with_text("public_site", "Default").attribute("id", 1))
        .children(
            session
                .jumpoint
                .as_ref()
                .map(|name| Element::with_text("jumpoint", name).attribute("id", 1)),
        )
        .child(Element::with_text("external_key", session.external_key().unwrap_or_default()))
        .child(custom_attributes(&session.attributes));
    if session.end.is_some() {
        element = element
            .child(Element::with_text("session_chat_view_url", chat_url("&view=1")))
            .child(Element::with_text("session_chat_download_url", chat_url("")))
            .children(recordings(session, host));
    }
    let count = |kinds: &[&str]| session.events.iter().filter(|e| kinds.contains(&e.kind)).count();
    let customer = &session.customer;
    element
        .child(Element::with_text("file_transfer_count", count(&["File Upload", "File Download"])))
        .child(Element::with_text("file_move_count", 0))
        .child(Element::with_text("file_delete_count", 0))
        .child(
            Element::with_text("primary_customer", &customer.name)
                .attribute("gsnumber", customer.gsnumber),
        )
        .children(primary_rep(session))
        .child(Element::new("customer_list").child(customer_element(customer)))
        .child(
            Element::new("rep_list")
                .children(reps.iter().map(|rep| rep_element(rep, session.end.unwrap_or(now)))),
        )
        .child(
            Element::new("team_list")
                .children(session.teams.iter().map(|name| Element::with_text("team", name))),
        )
        .child(survey_list("cust_survey_list", "cust_exit_survey", session, false))
        .child(survey_list("rep_survey_list", "rep_exit_survey", session, true))
        .child(
            Element::new("session_details")
                .children(session.events.iter().map(|one| event(one, numbers_only)))
                .raw(bulk_chat(session)),
        )
}

fn owner_of(session: &Session) -> Option<&SessionRep> {
    session.representatives.iter().find(|rep| rep.owner)
}

fn primary_rep(session: &Session) -> Option<Element> {
    owner_of(session).map(|rep| {
        Element::with_text("primary_rep", &rep.party.name)
            .attribute("gsnumber", rep.party.gsnumber)
            .attribute("id", rep.id)
    })
}

fn survey_list(
    list: &'static str,
    item: &'static str,
    session: &Session,
    of_representative: bool,
) -> Element {
    let surveys = session.surveys.iter().filter(|s| s.of_representative == of_representative);
    Element::new(list)
        .children(surveys.map(|survey| Element::new(item).attribute("gsnumber", survey.gsnumber)))
}

fn recordings(session: &Session, host: &str) -> Vec<Element> {
    if !session.recorded {
        return Vec::new();
    }
    let url = |what: &str| {
        format!("https://{host}/session_download?lsid={}&dl_action={what}", session.lsid)
    };
    let shells = (0..session.shells).map(|nth| {
        let shell = format!("shell&instance={nth}");
        Element::new("command_shell_recording")
            .attribute("instance", nth)
            .child(Element::with_text("download_url", url(&shell)))
            .child(Element::with_text("view_url", url(&format!("{shell}&view=1"))))
    });
    vec![
        Element::with_text("session_recording_view_url", url("recording&view=1")),
        Element::with_text("session_recording_download_url", url("recording")),
        Element::new("command_shell_recordings").children(shells),
    ]
}

fn time(name: &'static str, unix: i64) -> Element {
    Element::with_text(name, at(unix).strftime("%Y-%m-%dT%H:%M:%S+00:00"))
        .attribute("timestamp", unix)
}

fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn customer_element(customer: &Party) -> Element {
    Element::new("customer")
        .attribute("gsnumber", customer.gsnumber)
        .child(Element::with_text("username", &customer.name))
        .child(Element::with_text("public_ip", &customer.public_ip))
        .child(Element::with_text("private_ip", &customer.private_ip))
        .child(Element::with_text("hostname", &customer.hostname))
        .child(Element::with_text("os", &customer.os))
        .child(Element::with_text("primary_cust", 1))
        .child(
            Element::new("info")
                .child(Element::with_text("name", &customer.name))
                .child(Element::new("company"))
                .child(Element::new("company_code"))
                .child(Element::new("issue"))
                .child(Element::new("details")),
        )
}

fn rep_element(rep: &SessionRep, until: i64) -> Element {
    Element::new("representative")
        .attribute("gsnumber", rep.party.gsnumber)
        .attribute("id", rep.id)
        .child(Element::with_text("username", &rep.username))
        .child(Element::with_text("display_name", &rep.party.name))
        .child(Element::with_text("public_display_name", &rep.party.name))
        .child(Element::with_text("private_display_name", &rep.private_name))
        .child(Element::with_text("public_ip", &rep.party.public_ip))
        .child(Element::with_text("private_ip", &rep.party.private_ip))
        .child(Element::with_text("hostname", &rep.party.hostname))
        .child(Element::with_text("os", &rep.party.os))
        .child(Element::with_text("session_owner", u8::from(rep.owner)))
        .child(Element::with_text("seconds_involved", rep.left.unwrap_or(until) - rep.joined))
}

fn event(event: &Event, numbers_only: bool) -> Element {
    let party = |name, who: &Performer| {
        let element = match numbers_only {
            true => Element::new(name),
            false => Element::with_text(name, &who.name).attribute("type", who.kind),
        };
        element.attribute("gsnumber", who.gsnumber)
    };
    // Both shapes are seen: one list with all values, and a list for each.
    let value = |(name, value): &(&'static str, String)| {
        Element::new("value").attribute("name", name).attribute("value", value)
    };
    let data: Vec<Element> = match event.kind {
        "File Upload" => {
            event.data.iter().map(|one| Element::new("data").child(value(one))).collect()
        }
        _ if event.data.is_empty() => Vec::new(),
        _ => vec![Element::new("data").children(event.data.iter().map(value))],
    };
    let legal = |c: char| c >= ' ' || matches!(c, '\t' | '\n' | '\r');
    let body = match event.text.as_str() {
        "" => None,
        text if text.chars().all(legal) => Some(Element::with_text("body", text)),
        text => Some(Element::with_text("encoded_body", STANDARD.encode(text))),
    };
    let files = event.files.iter().flat_map(|(name, size)| {
        [Element::with_text("filename", name), Element::with_text("filesize", size)]
    });
    Element::new("event")
        .attribute("timestamp", event.time)
        .attribute("event_type", event.kind)
        .child(party("performed_by", &event.performed_by))
        .children(event.destination.as_ref().map(|to| party("destination", to)))
        .children(body)
        .children(data)
        .children(files)
        .children(system_information(event))
}

fn system_information(event: &Event) -> Option<Element> {
    let categories = event.system.iter().map(|SystemCategory { name, headings, rows }| {
        let headings =
            headings.iter().map(|heading| Element::new("field").attribute("name", heading));
        let rows = rows.iter().map(|row| {
            Element::new("row").children(row.iter().map(|text| Element::with_text("field", text)))
        });
        Element::new("category")
            .attribute("name", name)
            .child(Element::new("description").children(headings))
            .child(Element::new("data").children(rows))
    });
    (!event.system.is_empty()).then(|| Element::new("system_information").children(categories))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(params: &[(&str, &str)]) -> Result<Selection, Refusal> {
        let params =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        parse_selection(&params, 1_000_000)
    }

    #[test]
    fn a_report_takes_exactly_one_set_of_parameters() {
        assert!(selection(&[]).is_err());
        assert!(selection(&[("start_time", "1")]).is_err());
        assert!(selection(&[("start_time", "1"), ("duration", "0"), ("lsid", "x")]).is_err());
        assert_eq!(
            selection(&[("start_time", "1"), ("duration", "0")]),
            Ok(Selection::Started { from: 1, until: 1_000_000 })
        );
        assert_eq!(
            selection(&[("end_date", "1970-01-02"), ("duration", "1")]),
            Ok(Selection::Ended { from: 86_400, until: 2 * 86_400 - 1 })
        );
    }

    #[test]
    fn durations_have_three_parts() {
        assert_eq!(duration(3_725), "01:02:05");
        assert_eq!(duration(-5), "00:00:00");
    }
}
