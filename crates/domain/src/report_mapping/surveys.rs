//! Exit surveys: a row for each answer, and the answers for the transition rules.

use super::events::{kept, short};
use super::row::{Field, MARK, Object, Value, fit};
use super::{Rows, limit};
use crate::report::ExitSurvey;
use crate::survey_transition::SurveyAnswer;
use std::borrow::Cow;
use std::io;

/// The key that all answers of a survey share: LSID, kind and participant. Without a participant
/// number, the time is used.
pub fn survey_key(survey: &ExitSurvey) -> String {
    let number = survey.gsnumber.clone().filter(|n| n.len() <= 20 && !n.is_empty());
    let time = || survey.time.map(|time| format!("t{}", time.as_second()));
    let who = number.or_else(time).unwrap_or_else(|| "-".to_owned());
    format!("{}:{}:{who}", survey.lsid, survey.kind.as_str())
}

/// Writes a survey's answers. A skipped question gets a row without an answer.
///
/// # Errors
/// A row cannot be kept.
pub fn write_survey(survey: &ExitSurvey, rows: &mut dyn Rows) -> io::Result<()> {
    let survey_key = survey_key(survey);
    for (place, question) in survey.questions.iter().enumerate() {
        let id = question.id.as_deref().filter(|id| id.len() <= 20 && !id.is_empty());
        let id = id.map_or_else(|| format!("q{place}"), str::to_owned);
        let unanswered = [String::new()];
        let answers = match question.answers.is_empty() {
            true => &unanswered[..],
            false => &question.answers[..],
        };
        for (nth, answer) in answers.iter().enumerate() {
            let key = format!("{survey_key}:{id}:{nth}");
            let mut texts = Vec::new();
            for (field, text, limit) in [
                ("Submitted_By__c", &survey.submitted_by, limit::NAME),
                ("Submitted_By_Number__c", &survey.gsnumber, 20),
                ("Question_Id__c", &question.id, 40),
                ("Question__c", &question.name, limit::NAME),
                ("Question_Label__c", &question.label, limit::NAME),
                ("Question_Type__c", &question.kind, 40),
            ] {
                let text = text.as_deref().unwrap_or_default();
                texts.push((field, kept(rows, &key, field, text, limit)?));
            }
            let (brief, is_cut) = (brief(answer), brief(answer).as_ref() != answer);
            let whole = match is_cut {
                true => kept(rows, &key, "Full_Answer__c", answer, limit::LONG)?,
                false => Value::Nothing,
            };
            let rest = [
                ("Survey__c", Value::Text(survey.kind.as_str().into())),
                ("Survey_Key__c", Value::Text(survey_key.as_str().into())),
                ("Submitted_At__c", survey.time.into()),
                ("Position__c", Value::Number(i64::try_from(place).unwrap_or(i64::MAX))),
                ("Answer__c", short(&brief, limit::NAME)),
                ("Full_Answer__c", whole),
            ];
            let fields: Vec<Field<'_>> = rest.into_iter().chain(texts).collect();
            rows.row(Object::SurveyResponse, &key, &fields)?;
        }
    }
    Ok(())
}

/// An answer as the rules compare it. The full text of a long answer is stored beside it.
fn brief(answer: &str) -> Cow<'_, str> {
    match answer.encode_utf16().count() > limit::NAME {
        true => Cow::Owned(fit(answer, limit::NAME - 1).0.replace(MARK, "…")),
        false => fit(answer, limit::NAME).0,
    }
}

/// The answers for the rules, shortened to the org's field length.
pub fn answers_of(survey: &ExitSurvey) -> Vec<SurveyAnswer> {
    let survey_key = survey_key(survey);
    let of_question = |question: &crate::report::SurveyQuestion| {
        let name = question.name.clone().unwrap_or_default();
        let answers = question.answers.clone();
        answers.into_iter().map(move |answer| (name.clone(), answer))
    };
    survey
        .questions
        .iter()
        .flat_map(of_question)
        .map(|(question, answer)| SurveyAnswer {
            survey_key: survey_key.clone(),
            survey: survey.kind,
            question,
            answer: Some(brief(&answer).into_owned()),
        })
        .collect()
}
