//! The rules by which exit surveys move cases: a dry run with answers that a person pastes.

use casebridge_beyondtrust::read_surveys;
use casebridge_domain::report::SurveyKind;
use casebridge_domain::report_mapping::answers_of;
use casebridge_domain::survey_transition::{SurveyAnswer, TransitionRule, decide};
use casebridge_domain::{Failure, FailureCode};
use std::collections::BTreeMap;

/// What the rules would do with one survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Whose survey.
    pub survey: SurveyKind,
    /// The answers that were read, as question and answer.
    pub answers: Vec<(String, String)>,
    /// The rule that would move the case, if one does.
    pub rule: Option<TransitionRule>,
}

/// Tries the rules on a report of surveys as the appliance gives it, or on lines of the form
/// `question = answer`, which are one survey of this kind. Nothing is written anywhere.
///
/// # Errors
/// The text is neither.
pub fn try_rules(
    rules: &[TransitionRule],
    kind: SurveyKind,
    text: &str,
) -> Result<Vec<Tried>, Failure> {
    let answers = match text.trim_start().starts_with('<') {
        true => answers_in_report(text, kind)?,
        false => answers_in_lines(text, kind)?,
    };
    let decided = decide(rules, &answers);
    let mut surveys: BTreeMap<&str, Vec<&SurveyAnswer>> = BTreeMap::new();
    for answer in &answers {
        surveys.entry(&answer.survey_key).or_default().push(answer);
    }
    let tried = |(key, answers): (&str, Vec<&SurveyAnswer>)| Tried {
        survey: answers.first().map_or(kind, |answer| answer.survey),
        answers: answers.iter().map(|answer| pair(answer)).collect(),
        rule: decided.get(key).map(|rule| (*rule).clone()),
    };
    Ok(surveys.into_iter().map(tried).collect())
}

fn pair(answer: &SurveyAnswer) -> (String, String) {
    (answer.question.clone(), answer.answer.clone().unwrap_or_default())
}

fn answers_in_report(text: &str, kind: SurveyKind) -> Result<Vec<SurveyAnswer>, Failure> {
    let surveys = read_surveys(text, kind).map_err(|error| {
        Failure::caused(FailureCode::ReportUnreadable, error.to_string(), error)
    })?;
    let answers: Vec<SurveyAnswer> = surveys.iter().flat_map(answers_of).collect();
    match answers.is_empty() {
        true => Err(unreadable("The report has no answers.")),
        false => Ok(answers),
    }
}

fn answers_in_lines(text: &str, kind: SurveyKind) -> Result<Vec<SurveyAnswer>, Failure> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let answers: Vec<SurveyAnswer> = lines
        .map(|line| {
            let (question, answer) = line.split_once('=').ok_or_else(|| {
                unreadable("Write one answer on each line, as question = answer.")
            })?;
            Ok(SurveyAnswer {
                survey_key: String::new(),
                survey: kind,
                question: question.trim().to_owned(),
                answer: Some(answer.trim().to_owned()),
            })
        })
        .collect::<Result<_, Failure>>()?;
    match answers.is_empty() {
        true => Err(unreadable("Paste a survey report, or write question = answer.")),
        false => Ok(answers),
    }
}

fn unreadable(detail: &str) -> Failure {
    Failure::new(FailureCode::ReportUnreadable, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, question: &str, answer: &str, status: &str) -> TransitionRule {
        TransitionRule {
            name: name.to_owned(),
            position: 100,
            survey: SurveyKind::Representative,
            question: question.to_owned(),
            answer: answer.to_owned(),
            case_status: Some(status.to_owned()),
            owner: None,
            comment: None,
        }
    }

    fn moved(text: &str) -> Result<Vec<Option<String>>, FailureCode> {
        let rules = [rule("solved", "close_state", "Resolved", "Closed")];
        let tried = try_rules(&rules, SurveyKind::Representative, text).map_err(|f| f.code)?;
        Ok(tried.into_iter().map(|one| one.rule.map(|rule| rule.name)).collect())
    }

    #[test]
    fn row_35_lines_and_reports_are_tried_alike() {
        let solved = || Ok(vec![Some("solved".to_owned())]);
        assert_eq!(moved("close_state = resolved\nrating = 5"), solved());
        assert_eq!(moved("close_state = Open"), Ok(vec![None]));
        let report = "<exit_survey_list><exit_survey lsid=\"0123456789abcdef0123456789abcdef\">\
            <submitted_by type=\"rep\">Ada</submitted_by><question_list><question>\
            <name>close_state</name><answer_list><answer>Resolved</answer></answer_list>\
            </question></question_list></exit_survey></exit_survey_list>";
        assert_eq!(moved(report), solved());
    }

    #[test]
    fn a_text_that_is_neither_is_refused() {
        for text in ["", "Resolved", "<exit_survey_list/>", "<exit_survey_list>", "<other/>"] {
            assert_eq!(moved(text), Err(FailureCode::ReportUnreadable), "{text}");
        }
    }
}
