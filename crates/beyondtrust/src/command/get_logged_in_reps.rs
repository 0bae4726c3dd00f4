//! `get_logged_in_reps`: the representatives who are logged in to the console.
//!
//! The answer contains no user names, so it can't be matched to Salesforce users. Cache it instead
//! of requesting it again.

use casebridge_transport::Response;
use jiff::Timestamp;

use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;
use crate::time;
use crate::xml::Element;

/// A representative who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedInRep {
    /// The user id.
    pub id: Option<String>,
    /// The name, from before the two fields below existed.
    pub display_name: Option<String>,
    /// The name that customers see.
    pub public_display_name: Option<String>,
    /// The name that representatives see.
    pub private_display_name: Option<String>,
    /// `Normal`, `Invited` or another kind.
    pub kind: Option<String>,
    /// An HTML anchor as text.
    pub direct_link: Option<String>,
    /// Since when.
    pub logged_in_since: Option<Timestamp>,
    /// How many presentations are running.
    pub presentation_count: Option<u32>,
    /// How many support sessions are running.
    pub support_session_count: Option<u32>,
    /// Whether customers can choose this representative.
    pub showing_on_rep_list: Option<bool>,
}

impl Appliance {
    /// Asks who is logged in.
    ///
    /// # Errors
    /// The call failed. It is not an error if nobody is logged in.
    pub async fn get_logged_in_reps(&self) -> Result<Vec<LoggedInRep>, Error> {
        read(&self.command("get_logged_in_reps", &[]).await?)
    }
}

pub(super) fn read(response: &Response) -> Result<Vec<LoggedInRep>, Error> {
    let root = answer::element(response, &["logged_in_reps"], &[])?;
    Ok(root.all("rep").map(rep).collect())
}

fn rep(item: &Element) -> LoggedInRep {
    LoggedInRep {
        id: item.field("id"),
        display_name: item.child_text("display_name"),
        public_display_name: item.child_text("public_display_name"),
        private_display_name: item.child_text("private_display_name"),
        kind: item.child_text("type"),
        direct_link: item.child_text("direct_link"),
        logged_in_since: time::of_field(item, "logged_in_since"),
        presentation_count: item.number("presentation_count"),
        support_session_count: item.number("support_session_count"),
        showing_on_rep_list: item.flag("showing_on_rep_list"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};
    use crate::error::MessageKind;

    #[test]
    fn the_documented_answer_is_read() {
        let reps = read(&answer(200, &fixture("get_logged_in_reps.xml"))).unwrap();
        assert_eq!(reps.len(), 2);
        let ada = &reps[0];
        assert_eq!(ada.id.as_deref(), Some("5"));
        assert_eq!(ada.public_display_name.as_deref(), Some("Ada L."));
        assert_eq!(ada.private_display_name.as_deref(), Some("Ada Lovelace"));
        assert_eq!(ada.kind.as_deref(), Some("Normal"));
        assert_eq!(ada.logged_in_since.unwrap().as_second(), 1_572_955_200);
        assert_eq!((ada.presentation_count, ada.support_session_count), (Some(0), Some(2)));
        assert_eq!(ada.showing_on_rep_list, Some(true));
        assert!(ada.direct_link.as_deref().unwrap().starts_with("<a href="));
        assert_eq!(reps[1].logged_in_since.unwrap().as_second(), 1_572_958_800);
    }

    #[test]
    fn nobody_logged_in_is_an_answer() {
        for xml in ["<logged_in_reps/>", "<logged_in_reps>\n\t\n</logged_in_reps>"] {
            assert_eq!(read(&answer(200, xml)).unwrap(), []);
        }
    }

    #[test]
    fn an_error_inside_of_the_list_is_an_error() {
        let xml = "<logged_in_reps><error>Permission denied</error></logged_in_reps>";
        let error = read(&answer(200, xml)).unwrap_err();
        assert_eq!(error.message_kind(), Some(MessageKind::PermissionDenied));
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("get_logged_in_reps.xml", read);
    }
}
