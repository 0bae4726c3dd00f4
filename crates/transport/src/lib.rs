//! One HTTP stack for both clients: proxy, trust roots, time-outs, bounded answers, error kinds.
//!
//! It does not know the appliance or the org. It only uses https, follows no redirects, and has no
//! option to accept an untrusted certificate.

mod client;
mod error;
mod redact;
mod response;

pub use client::{DEFAULT_LIMIT, HttpClient, HttpOptions, client};
pub use error::{DownloadError, RetryKind, TransportError};
pub use redact::without_query;
pub use reqwest;
pub use response::Response;
pub use url;
