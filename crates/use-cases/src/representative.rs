//! The signed-in user's name on the appliances.
//!
//! The setting `org.username_source` says where the name comes from. If that is a field that is
//! empty or missing, the part of the Salesforce user name before the @ and then the federation ID
//! are tried on the appliance. The name that worked is remembered until the appliance no longer
//! knows it.

use crate::{Casebridge, failures, with_owned_store, with_store};
use casebridge_beyondtrust::{
    Appliance, Error as ApplianceError, KeyRequest, MessageKind, Queue, SessionKey,
};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, UsernameFrom, setting};
use casebridge_domain::{Failure, FailureCode, Lsid};
use casebridge_salesforce::{Error as OrgError, Identity, OtherNames, UsernameSource};
use casebridge_store::KnownName;
use jiff::SignedDuration;
use std::time::Duration;

/// The number of recent sessions whose reports are searched for a representative.
const RECENT: usize = 10;

/// A name on the appliances, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representative {
    /// The user name.
    pub name: String,
    /// Where it comes from.
    pub from: UsernameFrom,
    /// Whether it was found by trying, because the field of the setting has no name.
    pub is_found: bool,
}

impl Representative {
    /// Where the name comes from, for people.
    pub fn origin(&self) -> &'static str {
        match self.from {
            UsernameFrom::UserField => "the field of your Salesforce user",
            UsernameFrom::UserName => "your Salesforce user name",
            UsernameFrom::UserNameLocalPart => "your Salesforce user name before the @",
            UsernameFrom::FederationId => "your Federation ID",
            UsernameFrom::OsUser => "your login name on this computer",
        }
    }

    /// The name, with its origin if it was found by trying.
    pub fn describe(&self) -> String {
        match self.is_found {
            true => format!("{} ({})", self.name, self.origin()),
            false => self.name.clone(),
        }
    }
}

/// Why the field has no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Empty,
    /// The org gives the same answer for a missing and a hidden field.
    Missing,
}

/// The names that the user may have on an appliance, in the order in which they are tried.
#[derive(Debug, Clone)]
pub(crate) struct Candidates {
    all: Vec<Representative>,
    gap: Option<(Gap, String)>,
    /// The name that worked before.
    known: Option<String>,
}

impl Candidates {
    /// The name, if nothing has to be tried.
    pub(crate) fn sure(&self) -> Option<&Representative> {
        let known = |one: &&Representative| match (&self.gap, &self.known) {
            (None, _) => true,
            (Some(_), Some(name)) => one.name == *name,
            (Some(_), None) => false,
        };
        self.all.iter().find(known)
    }

    /// Whether the field of the setting is missing in the org or hidden from the user.
    pub(crate) fn lacks_field(&self) -> Option<&str> {
        let (gap, field) = self.gap.as_ref()?;
        (*gap == Gap::Missing).then_some(field)
    }

    /// The names, for people.
    pub(crate) fn describe(&self) -> String {
        let names: Vec<String> = self.all.iter().map(Representative::describe).collect();
        match names.is_empty() {
            true => "There is no name to try.".to_owned(),
            false => format!("{}.", names.join(" or ")),
        }
    }

    /// Why none of the names worked. A sentence that is not known is passed on as it is.
    fn failure(
        &self,
        client: &Appliance,
        refused: Option<(&Representative, ApplianceError)>,
    ) -> Failure {
        match refused {
            Some((one, error))
                if self.gap.is_none() || error.message_kind() == Some(MessageKind::Other) =>
            {
                refusal(client, one, error)
            }
            Some(_) | None => self.none_worked(),
        }
    }

    /// None of the names is known to the appliances.
    fn none_worked(&self) -> Failure {
        let Some((gap, field)) = &self.gap else {
            return Failure::new(FailureCode::RepresentativeNotMapped, String::new());
        };
        let (code, first) = match gap {
            Gap::Empty => (
                FailureCode::RepresentativeNotMapped,
                format!("The field {field} of your Salesforce user is empty."),
            ),
            Gap::Missing => (
                FailureCode::OrgMetadata,
                format!("The field {field} is missing in Salesforce or hidden from you."),
            ),
        };
        let tried = self.all.iter().map(|one| format!("“{}” ({})", one.name, one.origin()));
        let tried: Vec<String> = tried.collect();
        match tried.is_empty() {
            true => Failure::new(code, first),
            false => Failure::new(
                code,
                format!("{first} The appliance does not know {} either.", tried.join(" or ")),
            ),
        }
    }
}

/// The names to use or to try. The user, if known, saves the org a question.
///
/// # Errors
/// Nobody is signed in, the org can't be asked, or it has no name and none may be tried.
pub(crate) async fn candidates(
    casebridge: &Casebridge,
    who: Option<&Identity>,
) -> Result<Candidates, Failure> {
    let settings = casebridge.settings();
    let from = settings.get(&setting::ORG_USERNAME_SOURCE);
    let field = settings.get(&setting::ORG_USERNAME_FIELD).to_string();
    let org = casebridge.org()?;
    let source = username_source(casebridge);
    let named = match who {
        Some(who) => org.representative_of(who, &source).await,
        None => org.representative(&source).await,
    };
    let gap = match named {
        Ok(Some(name)) => {
            let all = vec![Representative { name, from, is_found: false }];
            return Ok(Candidates { all, gap: None, known: None });
        }
        Ok(None) => Gap::Empty,
        Err(OrgError::InvalidField { .. }) => Gap::Missing,
        Err(error) => return Err(failures::of_org(error)),
    };
    if from != UsernameFrom::UserField {
        return Err(unmapped(from, gap));
    }
    let names = org.other_names().await.map_err(failures::of_org)?;
    let mut all = to_try(names);
    let known = known_among(casebridge, &all).await;
    if let Some(known) = &known {
        all.sort_by_key(|one| one.name != *known);
    }
    Ok(Candidates { all, gap: Some((gap, field)), known })
}

/// The names in the order in which they are tried. The same name is tried once.
fn to_try(names: OtherNames) -> Vec<Representative> {
    let local_part = names.local_part.map(|name| (name, UsernameFrom::UserNameLocalPart));
    let federation_id = names.federation_id.map(|name| (name, UsernameFrom::FederationId));
    let mut all: Vec<Representative> = Vec::new();
    for (name, from) in local_part.into_iter().chain(federation_id) {
        if !all.iter().any(|one| one.name.eq_ignore_ascii_case(&name)) {
            all.push(Representative { name, from, is_found: true });
        }
    }
    all
}

/// No name from a source that is no field of the administrator's choice.
fn unmapped(from: UsernameFrom, gap: Gap) -> Failure {
    let one = Representative { name: String::new(), from, is_found: false };
    match gap {
        Gap::Empty => {
            let detail = format!("No name was found: {} is empty.", one.origin());
            Failure::new(FailureCode::RepresentativeNotMapped, detail)
        }
        Gap::Missing => {
            let detail = format!("No name was found: Salesforce hides {} from you.", one.origin());
            Failure::new(FailureCode::OrgMetadata, detail)
        }
    }
}

pub(crate) fn username_source(casebridge: &Casebridge) -> UsernameSource {
    let settings = casebridge.settings();
    let os_user = casebridge_platform::os_user().unwrap_or_default();
    let field = settings.get(&setting::ORG_USERNAME_FIELD);
    UsernameSource::new(settings.get(&setting::ORG_USERNAME_SOURCE), field, os_user)
}

/// The appliances in the settings, the first one first.
fn appliances(casebridge: &Casebridge) -> Vec<String> {
    let mut names = casebridge.settings().appliances();
    names.sort_by_key(|name| name != DEFAULT_APPLIANCE);
    names
}

/// The name that worked before, if it is still one of these.
async fn known_among(casebridge: &Casebridge, all: &[Representative]) -> Option<String> {
    for appliance in appliances(casebridge) {
        let known = known_name(casebridge, &appliance).await.map(|known| known.name);
        if let Some(name) = known.filter(|known| all.iter().any(|one| one.name == *known)) {
            return Some(name);
        }
    }
    None
}

/// What worked before on an appliance. A store that can't be read has nothing.
async fn known_name(casebridge: &Casebridge, appliance: &str) -> Option<KnownName> {
    let name = appliance.to_owned();
    match with_store(casebridge, move |store| store.known_name(&name)).await {
        Ok(known) => known,
        Err(failure) => {
            tracing::warn!(code = %failure.code, "the known user name can't be read");
            None
        }
    }
}

/// Remembers a name that worked. Written only if it is new.
async fn remember(casebridge: &Casebridge, appliance: &str, name: &str, number: Option<String>) {
    let known = KnownName { name: name.to_owned(), number };
    let before = known_name(casebridge, appliance).await;
    let is_new = before.is_none_or(|before| {
        before.name != known.name || (known.number.is_some() && before.number != known.number)
    });
    if !is_new {
        return;
    }
    let appliance = appliance.to_owned();
    let noted =
        with_owned_store(casebridge, move |store| store.note_known_name(&appliance, &known));
    if let Err(failure) = noted.await {
        tracing::warn!(code = %failure.code, "the known user name is not stored");
    }
}

async fn forget(casebridge: &Casebridge, appliance: &str, name: &str) {
    if known_name(casebridge, appliance).await.is_none_or(|known| known.name != name) {
        return;
    }
    let appliance = appliance.to_owned();
    let forgotten = with_store(casebridge, move |store| store.forget_known_name(&appliance));
    if let Err(failure) = forgotten.await {
        tracing::warn!(code = %failure.code, "an old user name is still stored");
    }
}

/// The signed-in user's name on the appliances. If it has to be found by trying, each appliance is
/// asked in turn.
///
/// # Errors
/// Nobody is signed in, the org or the appliance can't be asked, or no appliance knows the user.
pub async fn representative(casebridge: &Casebridge) -> Result<Representative, Failure> {
    find(casebridge, &candidates(casebridge, None).await?).await
}

/// The first of the names that an appliance knows.
///
/// # Errors
/// An appliance can't be asked, or none knows the user.
pub(crate) async fn find(
    casebridge: &Casebridge,
    candidates: &Candidates,
) -> Result<Representative, Failure> {
    if let Some(one) = candidates.sure() {
        return Ok(one.clone());
    }
    let mut failed = None;
    for name in appliances(casebridge) {
        let found = async {
            let client = casebridge.appliance(Some(&name)).await?;
            on_appliance(casebridge, &name, &client, candidates).await
        };
        match found.await {
            Ok((one, _)) => return Ok(one),
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    Err(failed.unwrap_or_else(|| candidates.none_worked()))
}

/// The first of the names that one appliance knows, and whether the representative is logged in.
///
/// # Errors
/// The appliance can't be asked, or knows none of the names. The failure names them.
pub(crate) async fn on_appliance(
    casebridge: &Casebridge,
    appliance: &str,
    client: &Appliance,
    candidates: &Candidates,
) -> Result<(Representative, bool), Failure> {
    let mut refused = None;
    for one in &candidates.all {
        match standing(casebridge, appliance, client, &one.name).await {
            Ok(Standing::Known { logged_in }) => return Ok((one.clone(), logged_in)),
            Ok(Standing::Unknown(error)) => refused = refused.or(Some((one, error))),
            Err(error) if error.message_kind() == Some(MessageKind::Other) => {
                refused = refused.or(Some((one, error)));
            }
            Err(error) => return Err(refusal(client, one, error)),
        }
    }
    Err(candidates.failure(client, refused))
}

/// What an appliance knows of a user name.
#[derive(Debug)]
enum Standing {
    /// It knows the name.
    Known {
        /// Whether the representative is logged in.
        logged_in: bool,
    },
    /// It does not know the name, and said this.
    Unknown(ApplianceError),
}

/// Finds out whether an appliance knows a user name. Its lists have no user names, so the number of
/// the representative comes from an earlier key or from the report of a recent session. Only if
/// neither has it, a key is requested that is valid for one second.
///
/// # Errors
/// The appliance can't be asked, or gives an answer that decides nothing.
async fn standing(
    casebridge: &Casebridge,
    appliance: &str,
    client: &Appliance,
    name: &str,
) -> Result<Standing, ApplianceError> {
    let here = client.get_logged_in_reps().await?;
    let is_here = |number: &str| here.iter().any(|rep| rep.id.as_deref() == Some(number));
    let known = known_name(casebridge, appliance).await.filter(|known| known.name == name);
    let number = match known.and_then(|known| known.number) {
        Some(number) => Some(number),
        None => number_in_reports(casebridge, client, name).await,
    };
    if let Some(number) = number {
        let logged_in = is_here(&number);
        remember(casebridge, appliance, name, Some(number)).await;
        return Ok(Standing::Known { logged_in });
    }
    let mut request = KeyRequest::new(Queue::RepUsername(name.to_owned()));
    request.ttl = Some(Duration::from_secs(1));
    let error = match client.generate_session_key(&request).await {
        Ok(key) => {
            let in_list = key.queue_id.as_deref().is_some_and(is_here);
            remember(casebridge, appliance, name, key.queue_id).await;
            return Ok(Standing::Known { logged_in: in_list || key.queue_available == Some(true) });
        }
        Err(error) => error,
    };
    match error.message_kind() {
        Some(MessageKind::RepresentativeNotAvailable) => {
            remember(casebridge, appliance, name, None).await;
            Ok(Standing::Known { logged_in: false })
        }
        Some(MessageKind::RepresentativeNotFound) => {
            forget(casebridge, appliance, name).await;
            Ok(Standing::Unknown(error))
        }
        Some(_) | None => Err(error),
    }
}

/// The number of a representative in the reports of recent sessions. An account that may not read
/// reports has none.
async fn number_in_reports(
    casebridge: &Casebridge,
    client: &Appliance,
    name: &str,
) -> Option<String> {
    let now = client.time().unwrap_or_else(|| casebridge.now());
    let look_back = casebridge.settings().get(&setting::SESSIONS_LOOK_BACK);
    let since = now.checked_sub(SignedDuration::from_secs(look_back.count().into())).ok()?;
    let listed = client.session_listing(since).await.ok()?;
    let recent: Vec<Lsid> = listed.into_iter().rev().take(RECENT).map(|one| one.lsid).collect();
    if recent.is_empty() {
        return None;
    }
    let read = client.readable_sessions(&recent).await.ok()?;
    read.found.iter().find_map(|session| session.representative(name)?.id.clone())
}

/// Creates a key on the user's queue, with the first of the names that the appliance knows.
///
/// # Errors
/// The appliance refused. The failure names the user names that were tried.
pub(crate) async fn key_of(
    casebridge: &Casebridge,
    appliance: &str,
    client: &Appliance,
    candidates: &Candidates,
    request: &mut KeyRequest,
) -> Result<SessionKey, Failure> {
    let mut refused = None;
    for one in &candidates.all {
        request.queue = Queue::RepUsername(one.name.clone());
        let error = match client.generate_session_key(request).await {
            Ok(key) => {
                remember(casebridge, appliance, &one.name, key.queue_id.clone()).await;
                return Ok(key);
            }
            Err(error) => error,
        };
        match error.message_kind() {
            Some(MessageKind::RepresentativeNotFound) => {
                forget(casebridge, appliance, &one.name).await;
            }
            // A sentence in another language decides nothing: the next name may work.
            Some(MessageKind::Other) => {}
            Some(MessageKind::RepresentativeNotAvailable) => {
                remember(casebridge, appliance, &one.name, None).await;
                return Err(refusal(client, one, error));
            }
            Some(_) | None => return Err(refusal(client, one, error)),
        }
        refused = refused.or(Some((one, error)));
    }
    Err(candidates.failure(client, refused))
}

/// The appliance's refusal of a key. It names the user name that was tried.
fn refusal(client: &Appliance, one: &Representative, error: ApplianceError) -> Failure {
    let is_about_name = matches!(
        error.message_kind(),
        Some(
            MessageKind::RepresentativeNotFound
                | MessageKind::RepresentativeNotAvailable
                | MessageKind::Other
        )
    );
    let mut failure = failures::of_site(client, error);
    if is_about_name {
        let tried = format!("“{}” ({})", one.name, one.origin());
        failure.detail = format!("The user name {tried} was tried. {}", failure.detail);
    }
    failure
}
