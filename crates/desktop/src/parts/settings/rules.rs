//! The survey rules of the settings window: added, moved, removed and tried.

use super::{Cx, Settings};
use crate::request::{Answer, DONE};
use casebridge_domain::deep_link::is_appliance_name;
use casebridge_domain::report::SurveyKind;
use casebridge_domain::settings::{
    Choice as _, Origin, Scope, Settings as Values, transition_setting as its,
};
use casebridge_domain::survey_transition::TransitionRule;
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{RuleView, TriedSurveyView};
use casebridge_use_cases::survey_rules::{self, Tried};

/// The distance of two rules, so that others fit between them by hand.
const STEP: u32 = 10;

impl Settings {
    /// Adds a rule that is tried last. It does nothing before it has a question and an answer.
    pub(super) fn add_rule(name: &str, cx: &mut Cx<'_>) -> Answer {
        let name = name.trim();
        let rules = in_order(&cx.casebridge.settings());
        check_name(name, &rules).map_err(|failure| cx.report(&failure))?;
        let last = rules.iter().map(|rule| rule.position).max().unwrap_or_default();
        let position = last.saturating_add(STEP).min(9999);
        Self::change(&[its::POSITION.set_of(name, position.to_string())], cx)
    }

    pub(super) fn remove_rule(name: &str, cx: &mut Cx<'_>) -> Answer {
        let settings = cx.casebridge.settings();
        let own = settings.named(Scope::PerTransition).remove(name).unwrap_or_default();
        let changes: Vec<_> = own.iter().map(|value| (value.key.clone(), String::new())).collect();
        Self::change(&changes, cx)
    }

    /// Moves a rule past its neighbour. All get new positions, so that equal ones are told apart.
    pub(super) fn move_rule(name: &str, up: bool, cx: &mut Cx<'_>) -> Answer {
        let mut rules = in_order(&cx.casebridge.settings());
        let Some(at) = rules.iter().position(|rule| rule.name == name) else { return DONE };
        let other = if up { at.checked_sub(1) } else { Some(at + 1) };
        let Some(other) = other.filter(|other| *other < rules.len()) else { return DONE };
        rules.swap(at, other);
        let positions = (1..).map(|place: u32| place.saturating_mul(STEP));
        let changes: Vec<_> = rules
            .iter()
            .zip(positions)
            .map(|(rule, position)| its::POSITION.set_of(&rule.name, position.to_string()))
            .collect();
        Self::change(&changes, cx)
    }

    /// Tries the rules on pasted answers.
    pub(super) fn try_rules(&mut self, survey: &str, text: &str, cx: &mut Cx<'_>) -> Answer {
        self.tried = None;
        let kind = SurveyKind::of_word(survey).unwrap_or(SurveyKind::Representative);
        let rules = cx.casebridge.settings().transitions();
        let tried = survey_rules::try_rules(&rules, kind, text);
        self.tried = Some(tried.map_err(|failure| cx.report(&failure))?);
        DONE
    }
}

fn check_name(name: &str, rules: &[TransitionRule]) -> Result<(), Failure> {
    let refuse = |detail: &str| Err(Failure::new(FailureCode::SettingsInvalid, detail));
    if !is_appliance_name(name) {
        return refuse("Use letters, digits, - and _ only, 64 characters at most.");
    }
    match rules.iter().any(|rule| rule.name == name) {
        true => refuse("There is a rule with this name."),
        false => Ok(()),
    }
}

/// The rules in the order in which they are tried.
fn in_order(settings: &Values) -> Vec<TransitionRule> {
    let mut rules = settings.transitions();
    rules.sort_by_key(|rule| (rule.position, rule.name.to_lowercase()));
    rules
}

/// What the window shows of the rules.
pub(super) fn views(settings: &Values) -> Vec<RuleView> {
    let named = settings.named(Scope::PerTransition);
    let is_managed = |name: &str| {
        let own = named.get(name).map(Vec::as_slice).unwrap_or_default();
        own.iter().any(|value| value.origin == Origin::Policy)
    };
    let view = |rule: TransitionRule| RuleView {
        managed: is_managed(&rule.name),
        survey: people_name(rule.survey),
        settings: super::fields::of_name(settings, its::ALL, &rule.name),
        name: rule.name,
        question: rule.question,
        answer: rule.answer,
        case_status: rule.case_status,
        owner: rule.owner,
        comment: rule.comment,
    };
    in_order(settings).into_iter().map(view).collect()
}

/// What the window shows of a dry run.
pub(super) fn tried_view(tried: &Tried) -> TriedSurveyView {
    let rule = tried.rule.as_ref();
    let answers = tried.answers.iter().map(|(question, answer)| format!("{question} = {answer}"));
    TriedSurveyView {
        survey: people_name(tried.survey),
        answers: answers.collect(),
        rule: rule.map(|rule| rule.name.clone()),
        case_status: rule.and_then(|rule| rule.case_status.clone()),
        owner: rule.and_then(|rule| rule.owner.clone()),
        comment: rule.and_then(|rule| rule.comment.clone()),
    }
}

fn people_name(kind: SurveyKind) -> String {
    let word = SurveyKind::WORDS.iter().find(|word| word.word == kind.word());
    word.map_or(kind.word(), |word| word.name).to_owned()
}
