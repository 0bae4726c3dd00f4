//! The part of SOQL that clients use: a tokenizer, a parser and an evaluator.
//!
//! `SELECT fields | COUNT() FROM Object [WHERE …] [ORDER BY …] [LIMIT n] [OFFSET n]`, with parent
//! fields, `=`, `!=`, `<>`, `<`, `<=`, `>`, `>=`, `LIKE`, `IN`, `NOT IN`, `AND`, `OR`, `NOT` and
//! brackets. What it does not know is malformed, as it would be for the org.

mod answer;
mod evaluate;
mod lexer;
mod parser;
mod refusal;
mod syntax;
mod text;

pub(crate) use self::answer::{Answer, row};
use self::parser::Parser;
pub(crate) use self::refusal::SoqlError;
use super::records::{Record, Records};
use super::schema::ObjectDef;

/// Parses and evaluates a query over the rows that are chosen for its object.
pub(crate) fn run<'r>(
    records: &'r Records,
    version: u32,
    text: &str,
    rows: impl Fn(&ObjectDef) -> Vec<&'r Record>,
) -> Result<Answer, SoqlError> {
    Parser::new(text)?.query()?.evaluate(records, version, rows)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::org::seed::seeded;

    fn answer(query: &str) -> Result<Answer, SoqlError> {
        let records = seeded(1).records;
        run(&records, 64, query, |object| records.rows(&object.name).iter().collect())
    }

    fn rows(query: &str) -> Vec<Value> {
        match answer(query) {
            Ok(Answer::Rows(rows)) => rows,
            other => panic!("{query}: {other:?}"),
        }
    }

    fn refusal(query: &str) -> &'static str {
        match answer(query) {
            Err(error) => error.code,
            Ok(answer) => panic!("{query}: {answer:?}"),
        }
    }

    #[test]
    fn a_case_comes_with_its_parents() {
        let rows = rows(
            "SELECT Id, CaseNumber, Account.Name, Contact.Name, Contact.Email, contact.account.name \
             FROM Case WHERE CaseNumber = '00001026' LIMIT 2",
        );
        let [case] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(case["CaseNumber"], "00001026");
        assert_eq!(case["Contact"]["Email"], "rosa.marin@northwind.example");
        assert_eq!(case["Contact"]["Account"]["Name"], "Northwind Clinics");
        assert_eq!(case["Contact"]["attributes"]["type"], "Contact");
        assert_eq!(case["attributes"]["type"], "Case");
    }

    #[test]
    fn a_missing_parent_is_null() {
        let rows = rows("SELECT Account.Name, Contact.Email FROM Case WHERE ContactId = null");
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row["Contact"].is_null()));
        assert!(rows.iter().any(|row| row["Account"]["Name"] == "City Library"));
    }

    #[test]
    fn conditions_join_in_one_way_at_a_time() {
        let both =
            "SELECT Id FROM Case WHERE (Status = 'New' OR Status = 'Working') AND IsClosed = false";
        assert_eq!(rows(both).len(), 16);
        let mixed =
            "SELECT Id FROM Case WHERE Status = 'New' OR Status = 'Working' AND IsClosed = false";
        assert_eq!(refusal(mixed), "MALFORMED_QUERY");
    }

    #[test]
    fn in_not_in_and_not_choose_rows() {
        assert_eq!(
            rows("SELECT Id FROM Case WHERE CaseNumber IN ('00001026', '00001027', '1')").len(),
            2
        );
        assert_eq!(rows("SELECT Id FROM Case WHERE CaseNumber NOT IN ('00001026')").len(), 19);
        assert_eq!(rows("SELECT Id FROM Case WHERE NOT Status = 'Closed'").len(), 18);
    }

    #[test]
    fn like_reads_wildcards_unless_they_are_escaped() {
        assert_eq!(rows("SELECT Id FROM Case WHERE Subject LIKE 'printer on %'").len(), 1);
        assert_eq!(rows("SELECT Id FROM Case WHERE CaseNumber LIKE '0000102_'").len(), 4);
        assert_eq!(rows("SELECT Id FROM Case WHERE CaseNumber LIKE '0000102\\_'").len(), 0);
        assert_eq!(rows("SELECT Id FROM Case WHERE Subject LIKE '%\\%s %'").len(), 1);
    }

    #[test]
    fn escapes_in_literals_are_undone() {
        assert_eq!(
            rows("SELECT Name FROM Account WHERE Name = 'O\\'Brien \\\"Best\\\" Bakeries'").len(),
            1
        );
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'a\\q'"), "MALFORMED_QUERY");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'a\nb'"), "MALFORMED_QUERY");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'a' x' "), "MALFORMED_QUERY");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'open"), "MALFORMED_QUERY");
    }

    #[test]
    fn ids_compare_in_both_forms_and_with_case() {
        let id = rows("SELECT Id FROM Case LIMIT 1")[0]["Id"].as_str().unwrap().to_owned();
        assert_eq!(rows(&format!("SELECT Id FROM Case WHERE Id = '{id}'")).len(), 1);
        assert_eq!(
            rows(&format!("SELECT Id FROM Case WHERE Id = '{}'", id.split_at(15).0)).len(),
            1
        );
        assert_eq!(
            refusal("SELECT Id FROM Case WHERE Id = '1026'"),
            "INVALID_QUERY_FILTER_OPERATOR"
        );
    }

    #[test]
    fn order_limit_and_offset_cut_the_list() {
        let all = rows("SELECT CaseNumber FROM Case ORDER BY CaseNumber DESC LIMIT 3 OFFSET 1");
        let numbers: Vec<_> = all.iter().map(|row| row["CaseNumber"].as_str().unwrap()).collect();
        assert_eq!(numbers, ["00001044", "00001043", "00001042"]);
    }

    #[test]
    fn count_gives_a_number() {
        assert_eq!(answer("SELECT COUNT() FROM Case"), Ok(Answer::Count(20)));
    }

    #[test]
    fn dates_and_booleans_stand_without_quotes() {
        assert_eq!(rows("SELECT Id FROM Case WHERE CreatedDate > 2000-01-01T00:00:00Z").len(), 20);
        assert_eq!(rows("SELECT Id FROM Case WHERE IsClosed = TRUE").len(), 2);
        assert_eq!(refusal("SELECT Id FROM Case WHERE IsClosed = 'true'"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FROM Case WHERE CaseNumber = 1026"), "INVALID_FIELD");
    }

    #[test]
    fn unknown_names_are_named() {
        assert_eq!(refusal("SELECT Nothing FROM Case"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Account.Nothing = 'x'"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FROM Nothing"), "INVALID_TYPE");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Description = 'x'"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FRM Case"), "MALFORMED_QUERY");
        assert_eq!(refusal(""), "MALFORMED_QUERY");
    }
}
