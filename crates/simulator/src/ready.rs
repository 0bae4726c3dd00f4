//! The line that says where everything is: printed once by the binary, returned by the library.

use serde::Serialize;

/// Everything that a client, a test or a person needs to reach the simulator.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    /// How to reach the appliance and as which API account.
    pub appliance: ReadyAppliance,
    /// How to reach the org and as which app.
    pub org: ReadyOrg,
    /// The control page and the root of the control calls.
    pub control_url: String,
    /// The PEM file of the authority that signed the servers' certificate.
    pub ca_file: String,
    /// Base64 of the SHA-256 of the servers' public key, as Chromium's
    /// `--ignore-certificate-errors-spki-list` takes it.
    pub spki: String,
    /// The page of the first case.
    pub case_url: String,
    /// The 18-character id of the first case.
    pub case_id: String,
    /// The number of the first case.
    pub case_number: String,
    /// The people: org user and, where there is one, appliance user.
    pub reps: Vec<ReadyRep>,
}

/// The appliance's address and API account.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyAppliance {
    /// `localhost:PORT`.
    pub hostname: String,
    /// The API account's client id.
    pub client_id: String,
    /// The API account's client secret.
    pub client_secret: String,
}

/// The org's address and app.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyOrg {
    /// `https://localhost:PORT`.
    pub login_url: String,
    /// The consumer key of the app.
    pub client_id: String,
    /// The ports of the registered callback addresses.
    pub redirect_ports: Vec<u16>,
    /// The 18-character id of the org.
    pub org_id: String,
}

/// One person.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyRep {
    /// The user name in the org.
    pub org_username: String,
    /// The value of the user's `BeyondTrust_Username__c`.
    pub representative: String,
}
