//! `SupportCustExitSurvey` and `SupportRepExitSurvey`: people's answers after a session
//! (`docs/protocols/beyondtrust.md#exit-surveys`).

use casebridge_domain::Lsid;
use casebridge_domain::report::{ExitSurvey, SurveyKind, SurveyQuestion};
use casebridge_transport::Response;
use jiff::{SignedDuration, Timestamp};

use super::Report;
use crate::answer;
use crate::appliance::Appliance;
use crate::error::{Error, MessageKind};
use crate::time;
use crate::xml::{Element, non_blank};

/// The time window in seconds in which older appliances search for the surveys of a session.
const SPAN: i64 = 10;

/// The root of a report.
const LIST: &str = "exit_survey_list";

impl Appliance {
    /// Requests a session's surveys of one kind. From appliances that do not accept an LSID, they
    /// are requested by the session's start time.
    ///
    /// # Errors
    /// The call failed. It is not an error if there are no surveys.
    pub async fn exit_surveys(
        &self,
        lsid: &Lsid,
        kind: SurveyKind,
        began: Option<Timestamp>,
    ) -> Result<Vec<ExitSurvey>, Error> {
        let report = match kind {
            SurveyKind::Customer => Report::CustomerSurvey,
            SurveyKind::Representative => Report::RepresentativeSurvey,
        };
        let by = |name: &str, value: String| (name.to_owned(), value);
        let of_session = [by("lsid", lsid.to_string()), by("report_type", "rep".to_owned())];
        let read = |response: &Response| read(response, kind);
        let answered = self.rows(report, &of_session, read).await;
        let old = matches!(&answered, Err(e) if e.message_kind() == Some(MessageKind::Other));
        let all = match began.filter(|_| old) {
            Some(began) => {
                let from = began.checked_sub(SignedDuration::from_secs(SPAN / 2));
                let of_time = [
                    by("start_time", from.unwrap_or(began).as_second().to_string()),
                    by("duration", SPAN.to_string()),
                    by("report_type", "rep".to_owned()),
                    by("id", "all".to_owned()),
                ];
                self.rows(report, &of_time, read).await?
            }
            None => answered?,
        };
        Ok(all.into_iter().filter(|survey| survey.lsid == *lsid).collect())
    }
}

/// Reads the text of a survey report, for example one that a person saved. `kind` is the kind of
/// surveys that do not name theirs.
///
/// # Errors
/// The text is not a complete report of surveys.
pub fn read_surveys(text: &str, kind: SurveyKind) -> Result<Vec<ExitSurvey>, Error> {
    let root = answer::parsed(text.as_bytes(), &[])?;
    match root.name.as_str() {
        LIST => Ok(surveys_in(&root, kind)),
        _ => Err(Error::UnexpectedRoot(root.name)),
    }
}

fn read(response: &Response, kind: SurveyKind) -> Result<Vec<ExitSurvey>, Error> {
    answer::element(response, &[LIST], &[]).map(|root| surveys_in(&root, kind))
}

fn surveys_in(root: &Element, kind: SurveyKind) -> Vec<ExitSurvey> {
    root.all("exit_survey").filter_map(|item| survey(item, kind)).collect()
}

/// Reads an entry. Entries without a valid LSID are skipped.
fn survey(item: &Element, asked: SurveyKind) -> Option<ExitSurvey> {
    let by = item.child("submitted_by");
    let kind = match by.and_then(|by| by.attribute("type")) {
        Some("rep" | "representative") => SurveyKind::Representative,
        Some("customer") => SurveyKind::Customer,
        Some(_) | None => asked,
    };
    let person = match kind {
        SurveyKind::Customer => item.child("primary_customer"),
        SurveyKind::Representative => item.child("primary_rep"),
    };
    let number = |element: Option<&Element>| element?.attribute("gsnumber").and_then(non_blank);
    let name = |element: Option<&Element>| non_blank(element?.text());
    Some(ExitSurvey {
        lsid: item.field("lsid")?.parse().ok()?,
        kind,
        time: time::of_element(item),
        submitted_by: name(by).or_else(|| name(person)),
        gsnumber: number(by)
            .or_else(|| item.field("gsnumber"))
            .or_else(|| submitter(item, kind, name(by).as_deref()))
            .or_else(|| {
                number(person).filter(|_| item.items("rep_list", "representative").count() < 2)
            }),
        questions: item.items("question_list", "question").map(question).collect(),
    })
}

/// The connection number of the person who submitted it, found by name among the representatives.
/// The main representative may not be the one who answered.
fn submitter(item: &Element, kind: SurveyKind, name: Option<&str>) -> Option<String> {
    let mut all = item.items("rep_list", "representative");
    let is_named = |rep: &&Element| {
        let names = [Some(rep.text().to_owned()), rep.field("display_name"), rep.field("username")];
        names.iter().flatten().any(|known| Some(known.as_str()) == name)
    };
    let found = all.find(is_named).filter(|_| kind == SurveyKind::Representative)?;
    found.field("gsnumber")
}

fn question(item: &Element) -> SurveyQuestion {
    let answers = item.items("answer_list", "answer").filter_map(|answer| non_blank(answer.text()));
    SurveyQuestion {
        id: item.field("id"),
        kind: item.field("type"),
        name: item.field("name"),
        label: item.field("label").or_else(|| item.field("report_header")),
        // The appliance writes a line break as the two characters `\n`.
        answers: answers.map(|text| text.replace("\\n", "\n")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageKind;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

    fn surveys(response: &Response) -> Result<Vec<ExitSurvey>, Error> {
        read(response, SurveyKind::Customer)
    }

    #[test]
    fn answers_are_read_whether_there_are_none_one_or_many() {
        let all = surveys(&answer(200, &fixture("exit_surveys.xml"))).unwrap();
        assert_eq!(all.len(), 2);
        let customer = &all[0];
        assert_eq!(
            (customer.kind, customer.gsnumber.as_deref()),
            (SurveyKind::Customer, Some("1"))
        );
        assert_eq!(customer.time.unwrap().as_second(), 1_572_955_400);
        let answers: Vec<_> = customer.questions.iter().map(|q| q.answers.join("|")).collect();
        assert_eq!(answers, ["5", "quick\nand kind", "", "phone|chat"]);
        assert_eq!(customer.questions[0].name.as_deref(), Some("rating"));
        assert_eq!(all[1].kind, SurveyKind::Representative);
        assert_eq!(all[1].submitted_by.as_deref(), Some("Ada L."));
    }

    #[test]
    fn of_several_representatives_the_one_who_answered_is_found_by_name() {
        let lsid = "0123456789abcdef0123456789abcdef";
        let survey = |name: &str| {
            format!(
                "<exit_survey lsid=\"{lsid}\"><submitted_by type=\"rep\">{name}</submitted_by>\
                 <primary_rep gsnumber=\"2\">Ada</primary_rep><rep_list>\
                 <representative gsnumber=\"2\">Ada</representative>\
                 <representative gsnumber=\"3\"><display_name>Cy</display_name></representative>\
                 </rep_list></exit_survey>"
            )
        };
        let xml = format!(
            "<exit_survey_list>{}{}{}</exit_survey_list>",
            survey("Ada"),
            survey("Cy"),
            survey("Bo")
        );
        let all = surveys(&answer(200, &xml)).unwrap();
        let numbers: Vec<_> = all.iter().map(|survey| survey.gsnumber.as_deref()).collect();
        assert_eq!(numbers, [Some("2"), Some("3"), None]);
    }

    #[test]
    fn no_survey_is_an_empty_list_or_says_so() {
        assert_eq!(surveys(&answer(200, "<exit_survey_list/>")).unwrap(), []);
        for xml in [
            "<error>No surveys found for the given search criteria.</error>",
            include_str!("../../../../tests/cases/a3_survey_none.xml"),
        ] {
            let error = surveys(&answer(200, xml)).unwrap_err();
            assert_eq!(error.message_kind(), Some(MessageKind::NothingFound), "{xml}");
        }
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("exit_surveys.xml", surveys);
    }
}
