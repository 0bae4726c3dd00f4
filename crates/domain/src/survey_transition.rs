//! Rules for exit survey answers that change a case. The trigger in the org applies the same rules.
//!
//! Rules and test vectors are in one file, `SurveyTransitions.json` among the static resources of
//! `salesforce/`; the trigger's tests read the same file, so that both sides give the same result.

use crate::report::SurveyKind;
use std::collections::BTreeMap;

/// A rule: which answer changes the case, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionRule {
    /// The rule's name. Rules with equal positions are ordered by name.
    pub name: String,
    /// Rules with lower positions are tried first.
    pub position: u32,
    /// Whose survey.
    pub survey: SurveyKind,
    /// The field name of the question.
    pub question: String,
    /// The whole answer.
    pub answer: String,
    /// The case's new status.
    pub case_status: Option<String>,
    /// The developer name of a queue, or the user name of a user.
    pub owner: Option<String>,
    /// A comment on the case, which the customer does not see.
    pub comment: Option<String>,
}

/// An answer to one question of a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyAnswer {
    /// The same for all answers of a survey.
    pub survey_key: String,
    /// Whose survey.
    pub survey: SurveyKind,
    /// The field name of the question.
    pub question: String,
    /// The answer, if there is one, shortened to 255 characters as in the org.
    pub answer: Option<String>,
}

/// Returns, by survey key, the first rule that one of the survey's answers matches. The comparison
/// ignores case and surrounding white space, as defined by Apex.
pub fn decide<'r>(
    rules: &'r [TransitionRule],
    answers: &[SurveyAnswer],
) -> BTreeMap<String, &'r TransitionRule> {
    let mut ordered: Vec<&TransitionRule> = rules.iter().filter(|r| r.changes_anything()).collect();
    ordered.sort_by_key(|rule| (rule.position, rule.name.to_lowercase()));
    let mut decided = BTreeMap::new();
    for rule in ordered {
        for answer in answers.iter().filter(|answer| rule.matches(answer)) {
            decided.entry(answer.survey_key.clone()).or_insert(rule);
        }
    }
    decided
}

impl TransitionRule {
    fn matches(&self, given: &SurveyAnswer) -> bool {
        self.survey == given.survey
            && same(&self.question, &given.question)
            && given.answer.as_deref().is_some_and(|answer| same(&self.answer, answer))
    }

    fn changes_anything(&self) -> bool {
        let parts = [&self.case_status, &self.owner, &self.comment];
        parts.iter().any(|part| part.as_deref().is_some_and(|text| !text.trim().is_empty()))
    }
}

fn same(wanted: &str, given: &str) -> bool {
    let plain = |text: &str| text.trim_matches(|c: char| c <= ' ').to_lowercase();
    !plain(wanted).is_empty() && plain(wanted) == plain(given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const FILE: &str = include_str!(
        "../../../salesforce/force-app/main/default/staticresources/SurveyTransitions.json"
    );

    fn text(value: &Value, name: &str) -> Option<String> {
        value[name].as_str().map(str::to_owned)
    }

    /// The trigger compares the word without case; here it was read before.
    fn kind(value: &Value) -> SurveyKind {
        match text(value, "survey").unwrap().to_lowercase().as_str() {
            "customer" => SurveyKind::Customer,
            "representative" => SurveyKind::Representative,
            other => panic!("{other}"),
        }
    }

    fn rules(list: &Value) -> Vec<TransitionRule> {
        let rule = |rule: &Value| TransitionRule {
            name: text(rule, "name").unwrap(),
            position: rule["position"].as_u64().unwrap().try_into().unwrap(),
            survey: kind(rule),
            question: text(rule, "question").unwrap(),
            answer: text(rule, "answer").unwrap(),
            case_status: text(rule, "caseStatus"),
            owner: text(rule, "owner"),
            comment: text(rule, "comment"),
        };
        list.as_array().unwrap().iter().map(rule).collect()
    }

    fn answers(list: &Value) -> Vec<SurveyAnswer> {
        let answer = |answer: &Value| SurveyAnswer {
            survey_key: text(answer, "surveyKey").unwrap(),
            survey: kind(answer),
            question: text(answer, "question").unwrap(),
            answer: text(answer, "answer"),
        };
        list.as_array().unwrap().iter().map(answer).collect()
    }

    #[test]
    fn every_vector_of_the_shared_file_is_decided_as_the_trigger_decides_it() {
        let file: Value = serde_json::from_str(FILE).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert!(vectors.len() >= 10);
        for vector in vectors {
            let rules = rules(vector.get("rules").unwrap_or(&file["rules"]));
            let decided = decide(&rules, &answers(&vector["responses"]));
            let decided: Vec<(String, &str)> =
                decided.into_iter().map(|(key, rule)| (key, rule.name.as_str())).collect();
            let expected: Vec<(String, &str)> = vector["expected"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (text(one, "surveyKey").unwrap(), one["rule"].as_str().unwrap()))
                .collect();
            assert_eq!(decided, expected, "{}", vector["name"]);
        }
    }
}
