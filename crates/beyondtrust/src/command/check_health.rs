//! `check_health`: the state of the appliance.

use casebridge_transport::Response;

use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;

/// The state of an appliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The appliance's host name.
    pub appliance: Option<String>,
    /// The appliance's GUID.
    pub appliance_id: Option<String>,
    /// Product version and build.
    pub version: Option<String>,
    /// Whether the appliance is healthy, if it reported that.
    pub healthy: Option<bool>,
    /// What is wrong.
    pub error_message: Option<String>,
    /// `none`, `primary` or `backup`.
    pub failover_role: Option<String>,
}

impl Appliance {
    /// Asks for the state of the appliance.
    ///
    /// # Errors
    /// The call failed. An unhealthy appliance is not an error.
    pub async fn check_health(&self) -> Result<Health, Error> {
        read(&self.command("check_health", &[]).await?)
    }
}

pub(super) fn read(response: &Response) -> Result<Health, Error> {
    let root = answer::element(response, &["health_check"], &[])?;
    let appliance = root.child("appliance");
    Ok(Health {
        appliance: root.child_text("appliance"),
        appliance_id: appliance.and_then(|a| a.field("id")),
        version: root.child_text("version"),
        healthy: root.flag("success"),
        error_message: root.child_text("error_message"),
        failover_role: root.child_text("failover_role"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

    #[test]
    fn the_recorded_answer_is_read() {
        let health = read(&answer(200, &fixture("check_health.xml"))).unwrap();
        assert_eq!(health.appliance.as_deref(), Some("support.example.test"));
        assert_eq!(health.appliance_id.as_deref(), Some("0123456789abcdef0123456789abcdef"));
        assert_eq!(health.version.as_deref(), Some("19.1.8 (37380-a1b2c3)"));
        assert_eq!(health.healthy, Some(true));
        assert_eq!(health.error_message, None);
        assert_eq!(health.failover_role.as_deref(), Some("none"));
    }

    #[test]
    fn trouble_is_an_answer() {
        let xml =
            "<health_check><success>0</success><error_message>disk</error_message></health_check>";
        let health = read(&answer(200, xml)).unwrap();
        assert_eq!((health.healthy, health.error_message.as_deref()), (Some(false), Some("disk")));
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("check_health.xml", read);
    }
}
