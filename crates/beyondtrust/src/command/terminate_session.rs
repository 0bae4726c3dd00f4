//! `terminate_session`: ends a running session.

use casebridge_domain::Lsid;

use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;

impl Appliance {
    /// Ends a running session.
    ///
    /// # Errors
    /// The call failed, or the session is not running.
    pub async fn terminate_session(&self, lsid: &Lsid) -> Result<(), Error> {
        let parameters = [("lsid".to_owned(), lsid.to_string())];
        let answered = self.command("terminate_session", &parameters).await;
        match answered.and_then(|response| answer::success(&response)) {
            Err(error) => Err(self.of_session(lsid, error).await),
            done => done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};
    use crate::error::MessageKind;

    #[test]
    fn the_documented_answer_is_read() {
        answer::success(&answer(200, &fixture("terminate_session.xml"))).unwrap();
    }

    #[test]
    fn a_session_that_is_over_is_told_by_the_message() {
        let xml =
            "<error>Error validating parameter 'lsid': The session could not be found</error>";
        let error = answer::success(&answer(200, xml)).unwrap_err();
        assert_eq!(error.message_kind(), Some(MessageKind::SessionNotFound));
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("terminate_session.xml", answer::success);
    }
}
