//! One setting is saved, and what it means is done at once.

use super::{Cx, Settings, answer_of};
use crate::request::{Answer, DONE, Reply, Request};
use casebridge_domain::settings::{
    Declaration, Settings as Values, find, setting, transition_setting,
};
use casebridge_domain::{Failure, FailureCode};

impl Settings {
    /// Tells the desktop what the settings say of it, at the start.
    pub(super) fn take_over(cx: &mut Cx<'_>) {
        let settings = cx.casebridge.settings();
        if let Err(failure) = cx.shell.set_autostart(settings.get(&setting::UI_AUTOSTART)) {
            cx.report(&failure);
        }
        if let Some(keys) = settings.get(&setting::UI_JUMP_SHORTCUT)
            && let Err(failure) = cx.shell.set_jump_shortcut(&keys)
        {
            cx.report(&failure);
        }
    }

    /// Saves a setting, whichever it is.
    pub(super) fn save_setting(
        &mut self,
        key: String,
        value: String,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        let known = match checked(&key, &value) {
            Ok(known) => known,
            Err(failure) => {
                let answer = Err(cx.report(&failure));
                return cx.answer(reply, answer);
            }
        };
        let is = |one: &Declaration| known == one;
        if is(setting::ORG_LOGIN_URL.declaration()) || is(setting::ORG_CLIENT_ID.declaration()) {
            return Self::change_org(vec![(key, value)], reply, cx);
        }
        let answer = Self::save_and_apply(known, key, value.trim(), cx);
        if is(setting::EMAIL_TEMPLATE.declaration()) && answer.is_ok() {
            self.template = None;
        }
        cx.answer(reply, answer);
    }

    fn save_and_apply(known: &Declaration, key: String, value: &str, cx: &mut Cx<'_>) -> Answer {
        let is = |one: &Declaration| known == one;
        let is_set = |settings: &Values| {
            settings.get(&setting::UI_JUMP_SHORTCUT).unwrap_or_default() == value
        };
        if is(setting::UI_JUMP_SHORTCUT.declaration()) && !is_set(&cx.casebridge.settings()) {
            // One that the desktop does not give is not saved.
            let given = cx.shell.set_jump_shortcut(value);
            given.map_err(|failure| cx.report(&failure))?;
        }
        Self::change(&[(key, value.to_owned())], cx)?;
        let settings = cx.casebridge.settings();
        if is(setting::UI_AUTOSTART.declaration()) {
            let done = cx.shell.set_autostart(settings.get(&setting::UI_AUTOSTART));
            done.map_err(|failure| cx.report(&failure))?;
        } else if is(setting::LOG_LEVEL.declaration()) {
            cx.shell.set_log_level(settings.get(&setting::LOG_LEVEL));
        } else if is(setting::ORG_USERNAME_SOURCE.declaration())
            || is(setting::ORG_USERNAME_FIELD.declaration())
        {
            cx.ask(Request::RepresentativeChanged);
        }
        DONE
    }

    /// Changes settings, all or none.
    pub(super) fn change(changes: &[(String, String)], cx: &mut Cx<'_>) -> Answer {
        answer_of(cx.casebridge.change_settings(changes), cx)
    }
}

/// The setting of a key, where the value has its form. The sentence names no key: it stands under
/// the field.
fn checked(key: &str, value: &str) -> Result<&'static Declaration, Failure> {
    let invalid = |reason: String| Failure::new(FailureCode::SettingsInvalid, reason);
    let known = find(key).ok_or_else(|| invalid("Casebridge has no such setting.".to_owned()))?;
    known.check(value).map_err(invalid)?;
    let needs_text = [&transition_setting::QUESTION, &transition_setting::ANSWER];
    match value.trim().is_empty() && needs_text.iter().any(|one| one.declaration() == known) {
        true => Err(invalid("A rule needs its question and its answer.".to_owned())),
        false => Ok(known),
    }
}
