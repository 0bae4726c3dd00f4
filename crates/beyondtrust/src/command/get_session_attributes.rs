//! `get_session_attributes`: the custom fields of a running session.

use casebridge_domain::Lsid;
use casebridge_transport::Response;

use super::attributes::{self, CustomAttribute};
use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;

impl Appliance {
    /// Asks for the custom fields of a running session.
    ///
    /// # Errors
    /// The call failed, or the session is not running.
    pub async fn get_session_attributes(&self, lsid: &Lsid) -> Result<Vec<CustomAttribute>, Error> {
        let parameters = [("lsid".to_owned(), lsid.to_string())];
        let answered = self.command("get_session_attributes", &parameters).await;
        match answered.and_then(|response| read(&response)) {
            Err(error) => Err(self.of_session(lsid, error).await),
            attributes => attributes,
        }
    }
}

pub(super) fn read(response: &Response) -> Result<Vec<CustomAttribute>, Error> {
    Ok(attributes::read(&answer::element(response, &["custom_attributes"], &[])?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

    #[test]
    fn the_documented_answer_is_read() {
        let attributes = read(&answer(200, &fixture("get_session_attributes.xml"))).unwrap();
        let shown: Vec<_> = attributes
            .iter()
            .map(|a| (a.code_name.as_str(), a.display_name.as_deref(), a.value.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("external_key", Some("External Key"), "500Hs00001Abcde"),
                ("site_code", Some("Site <code>"), "B & 1"),
                ("notes", None, ""),
            ]
        );
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("get_session_attributes.xml", read);
    }
}
