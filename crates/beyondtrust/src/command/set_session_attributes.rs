//! `set_session_attributes`: changes custom fields of a running session.

use casebridge_domain::Lsid;

use super::attributes;
use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;

/// Changes to custom fields. Fields that are not named keep their values. An empty value clears a
/// field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeChanges {
    /// The new external key.
    pub external_key: Option<String>,
    /// Other fields, by code name.
    pub custom_attributes: Vec<(String, String)>,
}

impl Appliance {
    /// Changes custom fields of a running session.
    ///
    /// # Errors
    /// The call failed, or the session is not running.
    pub async fn set_session_attributes(
        &self,
        lsid: &Lsid,
        changes: &AttributeChanges,
    ) -> Result<(), Error> {
        let parameters = parameters(lsid, changes)?;
        let answered = self.command("set_session_attributes", &parameters).await;
        match answered.and_then(|response| answer::success(&response)) {
            Err(error) => Err(self.of_session(lsid, error).await),
            done => done,
        }
    }
}

fn parameters(lsid: &Lsid, changes: &AttributeChanges) -> Result<Vec<(String, String)>, Error> {
    let fields =
        attributes::parameters(changes.external_key.as_deref(), &changes.custom_attributes)?;
    if fields.is_empty() {
        return Err(Error::InvalidParameter("there is no field to change"));
    }
    let mut parameters = vec![("lsid".to_owned(), lsid.to_string())];
    parameters.extend(fields);
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

    #[test]
    fn an_empty_external_key_is_sent_and_clears_it() {
        let lsid = "0123456789ABCDEF0123456789ABCDEF".parse().unwrap();
        let changes = AttributeChanges { external_key: Some(String::new()), ..Default::default() };
        assert_eq!(
            parameters(&lsid, &changes).unwrap(),
            [
                ("lsid".to_owned(), "0123456789abcdef0123456789abcdef".to_owned()),
                ("session.custom.external_key".to_owned(), String::new()),
            ]
        );
        assert!(parameters(&lsid, &AttributeChanges::default()).is_err());
    }

    #[test]
    fn success_is_read_as_root_and_as_child() {
        answer::success(&answer(200, &fixture("set_session_attributes.xml"))).unwrap();
        answer::success(&answer(200, "<response><success>Done</success></response>")).unwrap();
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("set_session_attributes.xml", answer::success);
    }
}
