//! The session's own elements, without its events
//! (`docs/protocols/beyondtrust.md#session-elements`).

use crate::command::read_attributes;
use crate::time;
use crate::xml::{Element, non_blank};
use casebridge_domain::report::{
    CustomAttribute, Customer, Links, Named, Representative, Session, ShellRecording,
};

/// Reads one of the session's elements. Their order does not matter.
pub(in crate::reporting) fn take(session: &mut Session, element: &Element) {
    let text = || non_blank(element.text());
    match element.name.as_str() {
        "session_type" => session.session_type = text(),
        "lseq" => session.lseq = element.text().parse().ok(),
        "start_time" => session.start_time = time::of_element(element),
        "end_time" => {
            session.end_time = time::of_element(element);
            session.has_ended = session.end_time.is_some() || !element.text().is_empty();
        }
        "duration" => session.duration_seconds = seconds(element.text()),
        "rep_join_time" => session.rep_join_time = time::of_element(element),
        "public_site" => session.public_site = named(element),
        "external_key" => session.external_key = text(),
        "custom_attributes" => session.custom_attributes.extend(custom_attributes(element)),
        "jump_group" => {
            let kind = element.attribute("type").and_then(non_blank);
            session.jump_group = named(element).map(|group| (group, kind));
        }
        "jumpoint" => session.jumpoint = named(element),
        "session_chat_view_url" => session.chat.view = text(),
        "session_chat_download_url" => session.chat.download = text(),
        "session_recording_view_url" => session.recording.view = text(),
        "session_recording_download_url" => session.recording.download = text(),
        "command_shell_recordings" => {
            let all = element.all("command_shell_recording").zip(0..);
            session.shell_recordings.extend(all.map(|(one, place)| shell_recording(one, place)));
        }
        "file_transfer_count" => session.file_transfer_count = element.text().parse().ok(),
        "file_move_count" => session.file_move_count = element.text().parse().ok(),
        "file_delete_count" => session.file_delete_count = element.text().parse().ok(),
        "primary_customer" => {
            session.primary_customer = text();
            session.primary_customer_number = element.attribute("gsnumber").and_then(non_blank);
        }
        "primary_rep" => {
            session.primary_representative = text();
            session.primary_representative_number =
                element.attribute("gsnumber").and_then(non_blank);
        }
        "customer_list" => session.customers.extend(element.all("customer").map(customer)),
        "rep_list" => {
            session.representatives.extend(element.all("representative").map(representative));
        }
        "team_list" => session.teams.extend(element.children.iter().filter_map(team)),
        "cust_survey_list" => session.customer_surveys += element.all("cust_exit_survey").count(),
        "rep_survey_list" => {
            session.representative_surveys += element.all("rep_exit_survey").count()
        }
        // Unknown elements of newer appliances are ignored.
        _ => {}
    }
}

/// A name with its number; `-1` means none.
fn named(element: &Element) -> Option<Named> {
    let id = element.attribute("id").and_then(non_blank);
    if id.as_deref() == Some("-1") {
        return None;
    }
    let name = element.text().to_owned();
    (!name.is_empty() || id.is_some()).then_some(Named { name, id })
}

/// Reads `HH:MM:SS`; days are hours beyond 24.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let parts: Option<Vec<u64>> = text.trim().split(':').map(|part| part.parse().ok()).collect();
    match parts?.as_slice() {
        [hours, minutes, seconds] => {
            hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(*seconds)
        }
        _ => None,
    }
}

fn custom_attributes(element: &Element) -> impl Iterator<Item = CustomAttribute> {
    read_attributes(element)
        .into_iter()
        .map(|one| CustomAttribute { code_name: one.code_name, value: one.value })
}

fn shell_recording(element: &Element, place: u32) -> ShellRecording {
    let links = Links {
        view: element.child_text("view_url"),
        download: element.child_text("download_url"),
    };
    ShellRecording { instance: element.number("instance").unwrap_or(place), links }
}

/// A team's element. Its content is not documented, so all possible places of the name are checked.
fn team(element: &Element) -> Option<String> {
    let name = element.field("name").or_else(|| element.field("team_name"));
    name.or_else(|| non_blank(element.text()))
        .or_else(|| element.children.iter().find_map(|child| non_blank(child.text())))
}

fn customer(element: &Element) -> Customer {
    let info = |name: &str| element.child("info").and_then(|info| info.child_text(name));
    Customer {
        gsnumber: element.field("gsnumber"),
        name: element.child_text("username").or_else(|| info("name")),
        hostname: known(element, "hostname"),
        os: known(element, "os"),
        public_ip: known(element, "public_ip"),
        private_ip: known(element, "private_ip"),
        is_primary: element.flag("primary_cust"),
        company: info("company"),
        company_code: info("company_code"),
        issue: info("issue"),
        details: info("details"),
    }
}

fn representative(element: &Element) -> Representative {
    Representative {
        gsnumber: element.field("gsnumber"),
        id: element.field("id"),
        username: element.child_text("username"),
        display_name: element.child_text("display_name"),
        public_display_name: element.child_text("public_display_name"),
        private_display_name: element.child_text("private_display_name"),
        hostname: known(element, "hostname"),
        os: known(element, "os"),
        public_ip: known(element, "public_ip"),
        private_ip: known(element, "private_ip"),
        is_owner: element.flag("session_owner"),
        is_primary: element.flag("primary_rep"),
        is_invited: element.flag("invited"),
        seconds_involved: element.number("seconds_involved"),
    }
}

/// A child's text, unless it is the appliance's word for "not known".
fn known(element: &Element, name: &str) -> Option<String> {
    element.child_text(name).filter(|text| text != "Unknown")
}
