//! `get_api_info`: versions, clock and permissions. Also used to test the connection.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use casebridge_transport::Response;
use jiff::Timestamp;

use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;
use crate::time;

/// The appliance's information about its API and the API account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiInfo {
    /// The version of the API.
    pub api_version: Option<ApiVersion>,
    /// The company's site name; gone since RS 24.3.
    pub company_name: Option<String>,
    /// The appliance's clock.
    pub timestamp: Option<Timestamp>,
    /// The account's permissions, such as `perm_command` = `full_access`.
    pub permissions: BTreeMap<String, String>,
}

/// What an account may do with the Command API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandAccess {
    /// Everything, including session keys.
    Full,
    /// Reading only.
    ReadOnly,
    /// Nothing.
    Denied,
}

impl ApiInfo {
    /// The account's access to the Command API, if the appliance reported it.
    pub fn command_access(&self) -> Option<CommandAccess> {
        match self.permissions.get("perm_command")?.as_str() {
            "full_access" => Some(CommandAccess::Full),
            "read_only" => Some(CommandAccess::ReadOnly),
            "deny" => Some(CommandAccess::Denied),
            _ => None,
        }
    }

    /// Whether the account may read the reports of support sessions.
    pub fn may_report_support(&self) -> Option<bool> {
        crate::xml::flag(self.permissions.get("perm_reporting_support")?)
    }
}

/// A version that compares by its numbers.
#[derive(Debug, Clone)]
pub struct ApiVersion {
    text: String,
    parts: Vec<u64>,
}

impl ApiVersion {
    /// The version as the appliance wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<&str> for ApiVersion {
    fn from(text: &str) -> Self {
        let parts = text.split('.').map(|part| part.trim().parse().unwrap_or(0)).collect();
        Self { text: text.to_owned(), parts }
    }
}

impl Ord for ApiVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.parts.len().max(other.parts.len());
        let part = |version: &Self, at: usize| version.parts.get(at).copied().unwrap_or(0);
        (0..length)
            .map(|at| part(self, at).cmp(&part(other, at)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for ApiVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ApiVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for ApiVersion {}

impl Appliance {
    /// Requests information about the API and the API account.
    ///
    /// # Errors
    /// The call failed.
    pub async fn get_api_info(&self) -> Result<ApiInfo, Error> {
        read(&self.command("get_api_info", &[]).await?)
    }
}

pub(super) fn read(response: &Response) -> Result<ApiInfo, Error> {
    let root = answer::element(response, &["api_information", "get_api_info"], &[])?;
    let permissions = root
        .items("permissions", "permission")
        .filter_map(|item| Some((item.field("name")?, item.text().to_owned())))
        .collect();
    Ok(ApiInfo {
        api_version: root.child_text("api_version").map(|text| text.as_str().into()),
        company_name: root.child_text("company_name"),
        timestamp: time::of_field(&root, "timestamp"),
        permissions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

    #[test]
    fn the_recorded_answer_is_read() {
        let info = read(&answer(200, &fixture("get_api_info.xml"))).unwrap();
        assert_eq!(info.api_version.as_ref().unwrap().as_str(), "1.19.0");
        assert_eq!(info.company_name.as_deref(), Some("example"));
        assert_eq!(info.timestamp.unwrap().as_second(), 1_572_955_200);
        assert_eq!(info.command_access(), Some(CommandAccess::Full));
        assert_eq!(info.may_report_support(), Some(true));
        assert_eq!(info.permissions["perm_backup"], "0");
    }

    #[test]
    fn the_newer_answer_with_the_documented_root_and_without_company_is_read() {
        let info = read(&answer(200, &fixture("get_api_info_24.xml"))).unwrap();
        assert_eq!(info.company_name, None);
        assert_eq!(info.command_access(), Some(CommandAccess::ReadOnly));
        assert!(info.api_version.unwrap() > "1.19.0".into());
    }

    #[test]
    fn every_element_may_be_absent() {
        let info = read(&answer(200, "<api_information/>")).unwrap();
        assert_eq!((info.api_version.clone(), info.timestamp), (None, None));
        assert_eq!((info.command_access(), info.may_report_support()), (None, None));
    }

    #[test]
    fn versions_compare_by_number() {
        let version = ApiVersion::from;
        assert!(version("1.24.1") > version("1.9.2"));
        assert!(version("1.24") == version("1.24.0"));
        assert!(version("2.0") > version("1.24.1"));
    }

    #[test]
    fn s12_no_cut_of_the_answer_is_taken_as_whole() {
        no_cut_is_taken_as_whole("get_api_info.xml", read);
    }
}
