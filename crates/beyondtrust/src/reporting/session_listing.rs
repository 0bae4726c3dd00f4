//! `SupportSessionListing`: the list of sessions.

use casebridge_domain::Lsid;
use casebridge_transport::Response;
use jiff::Timestamp;

use super::Report;
use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;
use crate::time;
use crate::xml::Element;

/// A session in the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// The session's id.
    pub lsid: Lsid,
    /// The external key, if the listing contains it.
    pub external_key: Option<String>,
    /// When it began, if the listing contains it.
    pub start_time: Option<Timestamp>,
    /// When it ended, if the listing contains it. If it is missing, the session may still have
    /// ended.
    pub end_time: Option<Timestamp>,
    /// Whether there is a recording.
    pub has_recording: Option<bool>,
}

impl Appliance {
    /// Lists the sessions that started at or after `since`, including running ones.
    ///
    /// # Errors
    /// The call failed. It is not an error if there are no sessions.
    pub async fn session_listing(&self, since: Timestamp) -> Result<Vec<SessionSummary>, Error> {
        let parameters = [
            ("start_time".to_owned(), since.as_second().to_string()),
            ("duration".to_owned(), "0".to_owned()),
        ];
        self.rows(Report::SessionListing, &parameters, read).await
    }
}

pub(super) fn read(response: &Response) -> Result<Vec<SessionSummary>, Error> {
    answer::element(response, &["session_summary_list"], &[])
        .map(|root| root.all("session_summary").filter_map(summary).collect())
}

/// Reads an entry. Entries without a valid LSID are skipped.
fn summary(item: &Element) -> Option<SessionSummary> {
    Some(SessionSummary {
        lsid: item.field("lsid")?.parse().ok()?,
        external_key: item.field("external_key"),
        start_time: time::of_field(item, "start_time"),
        end_time: time::of_field(item, "end_time"),
        has_recording: item.flag("has_recording"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageKind;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

    #[test]
    fn the_external_key_is_read_as_attribute_and_as_child() {
        let list = read(&answer(200, &fixture("session_listing.xml"))).unwrap();
        let keys: Vec<_> = list.iter().map(|s| s.external_key.as_deref()).collect();
        assert_eq!(keys, [Some("500Hs00001Abcde"), Some("00001026"), None]);
        assert_eq!(list[0].lsid.as_str(), "0123456789abcdef0123456789abcdef");
        assert_eq!(list[0].has_recording, Some(true));
        assert_eq!(list[1].start_time.unwrap().as_second(), 1_572_955_200);
    }

    #[test]
    fn no_match_is_an_empty_list_or_says_so() {
        assert_eq!(read(&answer(200, "<session_summary_list/>")).unwrap(), []);
        for xml in [
            "<error>No sessions found for the given search criteria.</error>",
            "<session_summary_list><error>No sessions found for the given search criteria.</error></session_summary_list>",
            include_str!("../../../../tests/cases/a1_empty_report_answer_en.xml"),
        ] {
            let error = read(&answer(200, xml)).unwrap_err();
            assert_eq!(error.message_kind(), Some(MessageKind::NothingFound), "{xml}");
        }
        assert!(read(&answer(200, "<error>Permission denied</error>")).is_err());
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("session_listing.xml", read);
    }
}
