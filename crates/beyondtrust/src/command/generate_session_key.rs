//! `generate_session_key`: creates a key with which a customer can start a session.

use std::time::Duration;

use casebridge_transport::Response;
use jiff::Timestamp;
use url::Url;

use super::attributes;
use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;
use crate::time;
use crate::xml::{self, Element};

/// The queue that the session waits in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queue {
    /// The general queue.
    General,
    /// A representative by user id.
    Rep(u64),
    /// A team by id.
    Team(u64),
    /// A representative by user name.
    RepUsername(String),
    /// The team that an issue belongs to, by the issue's code name.
    Issue(String),
}

impl Queue {
    fn queue_id(&self) -> Result<String, Error> {
        let named = |kind: &str, name: &str| match name.trim().is_empty() {
            true => Err(Error::InvalidParameter("the queue has no name")),
            false => Ok(format!("{kind}:{name}")),
        };
        match self {
            Self::General => Ok("general".to_owned()),
            Self::Rep(id) => Ok(format!("rep:{id}")),
            Self::Team(id) => Ok(format!("team:{id}")),
            Self::RepUsername(name) => named("rep_username", name),
            Self::Issue(code_name) => named("issue", code_name),
        }
    }
}

/// A request for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRequest {
    /// The queue that the session waits in.
    pub queue: Queue,
    /// How long the key is valid. The site's policy may shorten it.
    pub ttl: Option<Duration>,
    /// The external key, which links the session to a case.
    pub external_key: Option<String>,
    /// Other custom fields, by code name.
    pub custom_attributes: Vec<(String, String)>,
    /// The priority: 1 is high, 3 is low.
    pub priority: Option<u8>,
    /// Code names of skills that the session needs.
    pub skills: Vec<String>,
    /// The host name of the public site in the key's URL.
    pub url_hostname: Option<String>,
}

impl KeyRequest {
    /// Creates a request with only the queue.
    pub fn new(queue: Queue) -> Self {
        Self {
            queue,
            ttl: None,
            external_key: None,
            custom_attributes: Vec::new(),
            priority: None,
            skills: Vec::new(),
            url_hostname: None,
        }
    }

    fn parameters(&self) -> Result<Vec<(String, String)>, Error> {
        let mut parameters = vec![
            ("type".to_owned(), "support".to_owned()),
            ("queue_id".to_owned(), self.queue.queue_id()?),
        ];
        let mut push = |name: &str, value: String| parameters.push((name.to_owned(), value));
        if let Some(ttl) = self.ttl {
            if ttl.as_secs() == 0 {
                return Err(Error::InvalidParameter("the key's lifetime is less than a second"));
            }
            push("ttl", ttl.as_secs().to_string());
        }
        if let Some(priority) = self.priority {
            if !(1..=3).contains(&priority) {
                return Err(Error::InvalidParameter("the priority is not 1, 2 or 3"));
            }
            push("session.priority", priority.to_string());
        }
        if !self.skills.is_empty() {
            if self.skills.iter().any(|skill| skill.is_empty() || skill.contains(',')) {
                return Err(Error::InvalidParameter("a skill's code name is not one"));
            }
            push("session.skills", self.skills.join(","));
        }
        if let Some(host) = &self.url_hostname {
            push("url_hostname", host.clone());
        }
        parameters
            .extend(attributes::parameters(self.external_key.as_deref(), &self.custom_attributes)?);
        Ok(parameters)
    }
}

/// A key from the appliance. It is not a session yet: a session has an LSID and starts later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// The code, usually seven characters.
    pub short_key: String,
    /// The URL that starts the session. If the appliance sent none, the site's URL, where the code
    /// can be entered.
    pub key_url: String,
    /// `support`, in what was recorded.
    pub kind: Option<String>,
    /// The lifetime that the appliance set, in seconds.
    pub ttl: Option<u64>,
    /// When the key expires, by the appliance's clock.
    pub expires_at: Option<Timestamp>,
    /// The appliance's time when it answered.
    pub answered_at: Option<Timestamp>,
    /// The kind of the queue: `general`, `rep` and so on.
    pub queue: Option<String>,
    /// Whether the queue can accept a session now. The key is valid even if it can't.
    pub queue_available: Option<bool>,
    /// The queue's number; absent for `general`.
    pub queue_id: Option<String>,
    /// The external key that was sent.
    pub external_key: Option<String>,
    /// The appliance's own subject for an e-mail.
    pub mail_subject: Option<String>,
    /// The appliance's own text for an e-mail.
    pub mail_body: Option<String>,
}

impl From<SessionKey> for casebridge_domain::SessionKey {
    fn from(key: SessionKey) -> Self {
        Self {
            short_key: key.short_key,
            key_url: key.key_url,
            expires_at: key.expires_at,
            clock_ahead: None,
            queue_available: key.queue_available,
            external_key: key.external_key,
            mail_subject: key.mail_subject,
            mail_body: key.mail_body,
        }
    }
}

impl Appliance {
    /// Creates a key. Each call creates another one, so ask the person after an uncertain failure.
    ///
    /// # Errors
    /// The call failed, or the answer contains no key.
    pub async fn generate_session_key(&self, request: &KeyRequest) -> Result<SessionKey, Error> {
        let parameters = request.parameters()?;
        let answered = self.command("generate_session_key", &parameters).await;
        match answered.and_then(|response| read(&response, self.site())) {
            Err(error) => Err(self.of_key(&request.queue, error).await),
            key => key,
        }
    }
}

pub(super) fn read(response: &Response, site: &Url) -> Result<SessionKey, Error> {
    let root = answer::element(response, &["session_key"], &[])?;
    let short_key = root
        .child_text("short_key")
        .ok_or_else(|| Error::Malformed("there is no short_key in it".to_owned()))?;
    let queue = root.child("queue");
    Ok(SessionKey {
        short_key,
        key_url: key_url(&root, site)?,
        kind: root.child_text("type"),
        ttl: root.number("ttl"),
        expires_at: root.child("expires").and_then(time::of_element),
        answered_at: response.header("date").and_then(time::of_header),
        queue: root.child_text("queue"),
        queue_available: queue.and_then(|q| q.attribute("available")).and_then(xml::flag),
        queue_id: root.child_text("queue_id"),
        external_key: root.child_text("external_key"),
        mail_subject: root.child_text("mail_subject"),
        mail_body: root.child_text("mail_body"),
    })
}

/// The key's URL. Only https is accepted, because the URL is shown, copied and sent by e-mail.
fn key_url(root: &Element, site: &Url) -> Result<String, Error> {
    let Some(text) = root.child_text("key_url") else { return Ok(site.to_string()) };
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "https" && url.username().is_empty() => Ok(text),
        _ => Err(Error::Malformed("its key_url is not an https address".to_owned())),
    }
}

#[cfg(test)]
mod tests;
