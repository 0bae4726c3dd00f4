//! The org's used and allowed daily API calls, as reported in each answer.

use casebridge_transport::Response;

/// The use of the org's rolling daily limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiUsage {
    /// Calls counted so far.
    pub used: u64,
    /// Calls allowed.
    pub max: u64,
}

impl ApiUsage {
    pub(crate) fn read(response: &Response) -> Option<Self> {
        Self::parse(response.headers.get("sforce-limit-info")?.to_str().ok()?)
    }

    fn parse(header: &str) -> Option<Self> {
        header.split([',', ';']).find_map(|part| {
            let (used, max) = part.trim().strip_prefix("api-usage=")?.split_once('/')?;
            Some(Self { used: used.trim().parse().ok()?, max: max.trim().parse().ok()? })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_header_is_read() {
        let usage = Some(ApiUsage { used: 25, max: 15_000 });
        assert_eq!(ApiUsage::parse("api-usage=25/15000"), usage);
        assert_eq!(ApiUsage::parse("per-app-api-usage=1/2; api-usage=25/15000"), usage);
        assert_eq!(ApiUsage::parse("api-usage=many"), None);
    }
}
