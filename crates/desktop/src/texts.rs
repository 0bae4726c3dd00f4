//! Every text of the tray and of notifications, each under a key, so that other languages can follow. The texts of
//! the windows are in `ui/src/strings`, those of failures in `casebridge_domain::failure`.

/// `key(values) = "text";`: a function for each text, which puts the values in.
macro_rules! texts {
    ($($key:ident($($value:ident),*) = $text:literal;)*) => {
        $(pub(crate) fn $key($($value: impl std::fmt::Display),*) -> String {
            format!($text)
        })*

        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($key), $text)),*];
    };
}

texts! {
    // The tray's state.
    not_set_up() = "Not set up yet";
    sign_in_failed() = "The sign-in needs attention";
    signed_out() = "Not signed in to Salesforce";
    waiting_for_browser() = "Waiting for the browser";
    creating_key() = "Creating a session key";
    appliance_unreachable() = "The appliance can't be reached";
    needs_you() = "Activity needs your attention";
    org_takes_nothing() = "Salesforce is not accepting changes: see Activity";
    retrying() = "Trying to reach Salesforce again";
    ready() = "Ready";
    waiting_for_customer() = "Waiting for a customer";
    waiting_for_customers(count) = "Waiting for {count} customers";

    // The menu.
    menu_session_key() = "Session key for a case…";
    menu_jump() = "Jump…";
    menu_tag() = "Tag running session…";
    menu_stale() = "may be out of date; the appliance can't be reached";
    menu_no_customer() = "No customer yet";
    menu_no_case() = "no case";
    menu_foreign_key() = "another product's key";
    menu_session(customer, case) = "{customer}  ({case})";
    menu_session_on(customer, case, appliance) = "{customer}  ({case}, {appliance})";
    menu_open_case(number) = "Open case {number}";
    menu_sign_in() = "Sign in to Salesforce…";
    menu_recent() = "Recent cases";
    menu_recent_case(number, subject) = "{number}  {subject}";
    menu_copy_id(number) = "Copy case ID of {number}";
    menu_jump_again() = "Jump again";
    menu_past_jump(target, method) = "{target}  ({method})";
    menu_activity() = "Activity…";
    menu_activity_waits_one() = "Activity…  (1 needs attention)";
    menu_activity_waits(count) = "Activity…  ({count} need attention)";
    menu_settings() = "Settings…";
    menu_quit() = "Quit Casebridge";
    method_item() = "Jump Item";
    method_push_local() = "Push, local";
    method_push_remote() = "Push, remote";
    method_rdp() = "RDP";
    method_vnc() = "VNC";
    method_shell() = "Shell";
    method_vpro() = "vPro";

    // A customer.
    joined_title() = "Customer joined";
    joined(customer, number) = "{customer} joined the session for case {number}";
    doubt_title() = "Check whose session this is";
    doubt(customer, number, expected) =
        "{customer} is in the session for case {number}, which is for {expected}";
    doubt_agree() = "Keep this case";
    doubt_choose() = "Choose another case…";

    // A session without a case.
    offer_title(number) = "Tag with case {number}?";
    offer_title_unknown() = "A session without a case";
    offer(customer) = "Session with {customer}";
    offer_about(customer, contact) = "Session with {customer}. The case is for {contact}.";
    on_appliance(text, appliance) = "{text} (on {appliance})";
    offer_tag() = "Tag";
    offer_choose() = "Choose…";
    offer_later() = "Later";
    ended_title() = "A session ended without a case";
    ended_title_many(count) = "{count} sessions ended without a case";
    ended() = "Choose a case now. Casebridge then imports the session to it.";
    tagged_title() = "Session tagged";
    tagged(customer, number) = "The session with {customer} is on case {number}";
    tagged_undo() = "Undo";

    // A jump.
    started_title() = "Session started";
    started(number) = "The session for case {number} has started.";
    started_on(number, hostname) = "The session for case {number} has started on {hostname}.";
    jump_case_unread() = "The case has not been loaded yet.";
    jump_search_missing() = "Enter a search term.";
    jump_flaw(field, flaw) = "{field}: {flaw}.";

    // The outbox.
    imported_title() = "Session imported";
    imported(records) = "The session: {records} records";
    imported_of(customer, records) = "The session with {customer}: {records} records";
    imported_on(what, number) = "{what} on case {number}";
    parked_import() = "A session was not imported";
    parked_email() = "An e-mail was not sent";
    parked_other() = "Something was not saved in Salesforce";
    see_activity(what) = "{what}. See Activity.";
    store_empty() = "No records could be read. See Activity.";
    store_carried(count) = "{count} records could be read and restored. See Activity.";
    held_title() = "Nothing can be written to Salesforce at the moment";
    held(title, next_step) = "{title}. {next_step}";

    // The app itself.
    ending() = "Casebridge is closing.";
    no_downloads() = "There is no Downloads folder.";
}

/// The contact of the example case in the preview of an e-mail.
pub(crate) fn example_contact() -> String {
    "Rosa Marin".to_owned()
}

/// The subject of the example case in the preview of an e-mail.
pub(crate) fn example_subject() -> String {
    "Printer on floor 3".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_a_key_of_its_own_and_no_words_that_we_avoid() {
        let mut keys: Vec<_> = ALL.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        let count = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), count);
        for (key, text) in ALL {
            assert!(!text.is_empty() && *text == text.trim(), "{key}");
            for word in ["mend", "kept here", "cannot be understood", "of before"] {
                assert!(!text.contains(word), "{key}: {word}");
            }
        }
    }

    #[test]
    fn values_are_put_in() {
        assert_eq!(
            doubt("Tom", "00001026", "Rosa"),
            "Tom is in the session for case 00001026, which is for Rosa"
        );
    }
}
