//! Imports a finished session to its case: report, then surveys, then rows in the org
//! (`docs/representative.md#finished-sessions`).
//!
//! The report is stored in an unnamed temporary file, which the system deletes when the process
//! ends. Nothing is written to the org before the whole report was read and shows that the session
//! has ended. Rows are upserted with keys that come only from the report, so an import can be
//! repeated at any time.

use crate::{Casebridge, failures};
use casebridge_beyondtrust::{
    Appliance, ReadError, Report, ReportEnd, ReportLimits, read_sessions,
};
use casebridge_domain::report::{ExitSurvey, Session, SurveyKind};
use casebridge_domain::report_mapping::{
    MappedSession, Mapper, MappingOptions, Object, write_survey,
};
use casebridge_domain::settings::{ApplianceSettings, DEFAULT_APPLIANCE, setting};
use casebridge_domain::tagging::{self, Doubt, Seen};
use casebridge_domain::text::one_line;
use casebridge_domain::{Case, CaseId, CaseRef, Failure, FailureCode, Lsid};
use casebridge_salesforce::{
    BATCHES_A_CALL, Batches, Error as OrgError, Org, RowFailure, SessionFile, SessionRow, Spool,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _};
use std::path::Path;

/// The result of an import or dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The session.
    pub lsid: Lsid,
    /// Its case.
    pub case: Option<ImportedCase>,
    /// The main customer's name.
    pub customer: Option<String>,
    /// How many rows there are, by the object's API name.
    pub records: BTreeMap<&'static str, usize>,
    /// Warnings for the person.
    pub warnings: Vec<String>,
    /// When the session started. Needed to request surveys from older appliances.
    pub began: Option<Timestamp>,
    /// The surveys that were found.
    pub surveys: Vec<ExitSurvey>,
    /// Whether more surveys may come.
    pub awaits_surveys: bool,
}

/// The case of an imported session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedCase {
    /// The record id.
    pub id: CaseId,
    /// The number, if it was read.
    pub number: Option<String>,
}

/// The mode of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Reads everything and writes nothing.
    DryRun,
    /// The same, despite a doubt about the case.
    AgreedDryRun,
    /// Writes, unless there is a doubt about the case.
    Write,
    /// Writes. A person has confirmed the case despite the doubt.
    Agreed,
    /// Writes a session that is another desktop's to import. A case that this user can't see is not
    /// taken for none: the session would lose it.
    OfOthers,
}

/// Reads a session's report and writes it to the org.
///
/// # Errors
/// [`FailureCode::SessionRunning`] while the session has not ended,
/// [`FailureCode::SessionWithoutCase`] and [`FailureCode::SessionOtherPortal`] if it is not to be
/// imported, [`FailureCode::ImportDoubtful`] if its customer is not the person on the case (S2). In
/// these cases nothing is written. After any other error, some rows may have been written; another
/// import completes them.
pub async fn import(
    casebridge: &Casebridge,
    appliance_name: Option<&str>,
    lsid: &Lsid,
    how: How,
) -> Result<Imported, Failure> {
    let name = appliance_name.unwrap_or(DEFAULT_APPLIANCE);
    let appliance = casebridge.appliance(Some(name)).await?;
    let settings = casebridge.settings().appliance(name);
    let settings = settings.ok_or_else(|| Failure::new(FailureCode::ApplianceUnknown, name))?;
    let mut prepared = prepare(casebridge, &appliance, &settings, lsid).await?;
    let session = &prepared.mapped.session;
    if let Some(said) = &session.lacks {
        return Err(Failure::new(FailureCode::ReportIncomplete, one_line(said, 200)));
    }
    if !session.is_complete() {
        return Err(Failure::new(FailureCode::SessionRunning, String::new()));
    }
    check_portal(&settings, session.public_site.as_ref().map(|site| site.name.as_str()))?;
    let case = find_case(casebridge, &settings, lsid, session, how).await?;
    if let (How::Write | How::Agreed | How::OfOthers, Some(case)) = (how, &case) {
        note_case(casebridge, name, lsid, case).await?;
    }
    let (surveys, asked) = surveys(&appliance, lsid, session.start_time).await;
    for survey in &surveys {
        write_survey(survey, &mut prepared.spool).map_err(failures::of_disk)?;
    }
    let is_survey = |kind: SurveyKind| surveys.iter().filter(|s| s.kind == kind).count();
    let all_there = is_survey(SurveyKind::Customer) > 0
        && is_survey(SurveyKind::Representative) >= session.representatives.len().max(1);
    let counts = prepared.spool.counts().into_iter();
    let mut records: BTreeMap<&'static str, usize> =
        counts.map(|(object, count)| (object.name(), count)).collect();
    records.insert(Object::Session.name(), 1);
    let imported = Imported {
        lsid: lsid.clone(),
        case,
        customer: session.customer_name().map(str::to_owned),
        records,
        warnings: warnings(&prepared),
        began: session.start_time,
        awaits_surveys: !(asked && all_there),
        surveys,
    };
    if matches!(how, How::Write | How::Agreed | How::OfOthers) {
        write(&casebridge.org()?, prepared, &imported).await?;
    }
    Ok(imported)
}

/// Stores the case of a waiting import, so that it is known if the import fails.
async fn note_case(
    casebridge: &Casebridge,
    appliance: &str,
    lsid: &Lsid,
    case: &ImportedCase,
) -> Result<(), Failure> {
    let (appliance, lsid) = (appliance.to_owned(), lsid.to_string());
    let (id, number) = (case.id.to_string(), case.number.clone().unwrap_or_default());
    super::with_store(casebridge, move |store| {
        store.note_import_case((&appliance, &lsid), (&id, &number))
    })
    .await
}

/// A report that was read completely.
struct Prepared {
    mapped: MappedSession,
    spool: Spool<BufWriter<File>>,
    end: ReportEnd,
}

fn warnings(prepared: &Prepared) -> Vec<String> {
    let mut warnings = Vec::new();
    let ReportEnd { removed, replaced, .. } = prepared.end;
    if removed > 0 {
        warnings.push(format!("{removed} characters that XML does not allow were removed."));
    }
    if replaced > 0 {
        warnings.push(format!("{replaced} unreadable characters were replaced by \u{fffd}."));
    }
    if prepared.mapped.transcript_is_cut() {
        warnings.push("The chat is too long for its field. The whole chat is in Files.".to_owned());
    }
    match prepared.spool.cut() {
        0 => {}
        count => warnings
            .push(format!("{count} long texts were shortened. The whole texts are in Files.")),
    }
    warnings
}

/// Downloads the report into a file and maps it.
async fn prepare(
    casebridge: &Casebridge,
    appliance: &Appliance,
    settings: &ApplianceSettings,
    lsid: &Lsid,
) -> Result<Prepared, Failure> {
    let folder = casebridge.profile().data_dir.clone();
    let site = appliance.site().authority().to_owned();
    let report = tempfile::tempfile_in(&folder).map_err(failures::of_disk)?;
    let mut report = tokio::fs::File::from_std(report);
    let fetched = appliance.session_report(lsid, &mut report).await;
    fetched.map_err(|error| not_found(failures::of_report(&site, error), lsid))?;
    let report = report.into_std().await;
    let options = MappingOptions {
        appliance: settings.name.clone(),
        event_types: settings.event_types.iter().cloned().collect(),
        recording_base_url: settings.external_recording_base_url.clone(),
    };
    let wanted = lsid.clone();
    let work = move || map(report, &wanted, &options, &folder);
    let mapped = tokio::task::spawn_blocking(work).await;
    let internal = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    let error = match mapped.map_err(internal)?? {
        Ok(prepared) => return Ok(prepared),
        Err(ReadError::Report(error)) => appliance.of_report(Report::Session, error).await.into(),
        Err(disk) => disk,
    };
    Err(not_found(failures::of_report(&site, error), lsid))
}

/// Distinguishes a session that the appliance does not know from one whose report is missing.
fn not_found(failure: Failure, lsid: &Lsid) -> Failure {
    match failure.code == FailureCode::SessionNotActive || failure.code == FailureCode::NothingFound
    {
        true => Failure { code: FailureCode::SessionUnknown, detail: lsid.to_string(), ..failure },
        false => failure,
    }
}

/// Unnamed temporary files, which the system deletes when the process ends.
fn spool(folder: &Path, lsid: &Lsid) -> Result<Spool<BufWriter<File>>, Failure> {
    let file = || tempfile::tempfile_in(folder).map(BufWriter::new).map_err(failures::of_disk);
    Ok(Spool::new(lsid, file()?, file()?, file()?))
}

fn map(
    mut report: File,
    lsid: &Lsid,
    options: &MappingOptions,
    folder: &Path,
) -> Result<Result<Prepared, ReadError>, Failure> {
    let mut spool = spool(folder, lsid)?;
    let mut mapper = Mapper::new(lsid, options, &mut spool);
    let end = match read_sessions(&mut report, &ReportLimits::default(), &mut mapper) {
        Ok(end) => end,
        Err(error) => return Ok(Err(error)),
    };
    let unknown = || Failure::new(FailureCode::SessionUnknown, lsid.to_string());
    let mapped = mapper.finish().ok_or_else(unknown)?;
    Ok(Ok(Prepared { mapped, spool, end }))
}

/// Compares the public site by its name in the report.
fn check_portal(settings: &ApplianceSettings, site: Option<&str>) -> Result<(), Failure> {
    let site = site.unwrap_or_default();
    match settings.imports_portal(site) {
        true => Ok(()),
        false => Err(Failure::new(FailureCode::SessionOtherPortal, site)),
    }
}

/// The case that was saved for the session. Otherwise the case in its external key, if a person has
/// confirmed it or there is no doubt about it.
async fn find_case(
    casebridge: &Casebridge,
    appliance: &ApplianceSettings,
    lsid: &Lsid,
    session: &Session,
    how: How,
) -> Result<Option<ImportedCase>, Failure> {
    let (name, key) = (appliance.name.clone(), lsid.clone());
    let known = super::with_store(casebridge, move |store| {
        Ok((store.held_link(&name, key.as_str())?, store.agreed_case(&name, key.as_str())?))
    });
    let (held, agreed) = known.await?;
    if let Some(held) = held
        && let Ok(id) = held.case_id.parse()
    {
        return Ok(Some(ImportedCase { id, number: Some(held.case_number) }));
    }
    let key = session.external_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
    let Some(key) = key else {
        return match appliance.import_all_sessions {
            true => Ok(None),
            false => Err(Failure::new(FailureCode::SessionWithoutCase, String::new())),
        };
    };
    let case = match case_of_key(casebridge, key).await {
        Ok(case) => case,
        // With `import_all_sessions`, a session without a case is imported too.
        Err(failure) if appliance.import_all_sessions && names_no_case(failure.code, how) => {
            return Ok(None);
        }
        Err(failure) => return Err(failure),
    };
    if agreed.as_deref() != Some(case.id.as_str()) {
        judge_case(casebridge, &appliance.name, lsid, session, &case, how).await?;
    }
    Ok(Some(ImportedCase { id: case.id, number: Some(case.number) }))
}

/// Stops the import if the customer is not the person on the case, until a person confirms that
/// they belong together (S2).
async fn judge_case(
    casebridge: &Casebridge,
    appliance: &str,
    lsid: &Lsid,
    session: &Session,
    case: &Case,
    how: How,
) -> Result<(), Failure> {
    let seen = Seen {
        customer: session.customer_name(),
        hostname: session.main_customer().and_then(|customer| customer.hostname.as_deref()),
        external_key: None,
    };
    let Some(doubt) = tagging::carried_doubt(case, seen) else { return Ok(()) };
    let (appliance, lsid, now) = (appliance.to_owned(), lsid.to_string(), casebridge.now());
    let (id, number) = (case.id.to_string(), case.number.clone());
    match how {
        How::AgreedDryRun => Ok(()),
        How::Agreed => {
            super::with_store(casebridge, move |store| {
                store.agree_case(&appliance, &lsid, &id, now)
            })
            .await
        }
        How::DryRun | How::Write | How::OfOthers => {
            super::with_store(casebridge, move |store| {
                store.note_import_case((&appliance, &lsid), (&id, &number))
            })
            .await?;
            Err(Failure::new(FailureCode::ImportDoubtful, side_by_side(&doubt, &case.number)))
        }
    }
}

/// Both names, for people.
fn side_by_side(doubt: &Doubt, number: &str) -> String {
    match doubt {
        Doubt::OtherPerson { expected: Some(expected), customer, .. } => {
            format!("The session was with {customer}. Case {number} is for {expected}.")
        }
        Doubt::OtherPerson { expected: None, .. } | Doubt::OtherCase { .. } | Doubt::Closed => {
            format!("Case {number}.")
        }
    }
}

fn names_no_case(code: FailureCode, how: How) -> bool {
    let is_unseen = code == FailureCode::SessionCaseNotFound && how != How::OfOthers;
    code == FailureCode::SessionForeignKey || is_unseen
}

async fn case_of_key(casebridge: &Casebridge, key: &str) -> Result<Case, Failure> {
    let settings = casebridge.settings();
    if let Some(field) = settings.get(&setting::ORG_CASE_FIELD_FOR_EXTERNAL_KEY) {
        return found(casebridge.org()?.case_by_field(&field, key).await, key);
    }
    let foreign = || Failure::new(FailureCode::SessionForeignKey, one_line(key, 80));
    let named = CaseRef::from_external_key(key).ok_or_else(foreign)?;
    found(casebridge.org()?.case_by_ref(&named).await, key)
}

/// Distinguishes an external key without a case from a case that was deleted before its rows were
/// written.
fn found(result: Result<Case, OrgError>, key: &str) -> Result<Case, Failure> {
    result.map_err(|error| {
        let is_missing = matches!(error, OrgError::NotFound);
        let failure = failures::of_org(error);
        match is_missing {
            true => Failure {
                code: FailureCode::SessionCaseNotFound,
                detail: one_line(key, 80),
                ..failure
            },
            false => failure,
        }
    })
}

/// Reads the surveys, and returns whether both kinds could be read. Surveys that can't be read now
/// are requested again later.
pub(crate) async fn surveys(
    appliance: &Appliance,
    lsid: &Lsid,
    began: Option<Timestamp>,
) -> (Vec<ExitSurvey>, bool) {
    let (mut all, mut asked) = (Vec::new(), true);
    for kind in [SurveyKind::Customer, SurveyKind::Representative] {
        match appliance.exit_surveys(lsid, kind, began).await {
            Ok(found) => all.extend(found),
            Err(error) => {
                tracing::warn!(%error, "the surveys of a session could not be read");
                asked = false;
            }
        }
    }
    (all, asked)
}

/// Writes surveys that were submitted after the import.
///
/// # Errors
/// As [`import`].
pub(crate) async fn write_surveys(
    casebridge: &Casebridge,
    lsid: &Lsid,
    surveys: &[ExitSurvey],
) -> Result<(), Failure> {
    let mut spool = spool(&casebridge.profile().data_dir, lsid)?;
    for survey in surveys {
        write_survey(survey, &mut spool).map_err(failures::of_disk)?;
    }
    let cut = spool.cut() > 0;
    let (rows, _, whole) = spool.finish().map_err(failures::of_disk)?;
    // The session's row is only included to get its record id.
    let session = cut.then(|| SessionRow::new(lsid, &[])).transpose().map_err(failures::of_disk)?;
    let org = casebridge.org()?;
    let sent = send(&org, session, rows).await?;
    if let Some(session_id) = sent.session_id.as_deref().filter(|_| cut) {
        let name = format!("long-answers-{lsid}");
        put_file(&org, lsid, (session_id, false), "Long survey answers", name, whole).await?;
    }
    sent.failures()
}

async fn write(org: &Org, prepared: Prepared, imported: &Imported) -> Result<(), Failure> {
    let Prepared { mapped, spool, .. } = prepared;
    let cut = spool.cut();
    let (rows, chat, whole) = spool.finish().map_err(failures::of_disk)?;
    let case = imported.case.as_ref().map(|case| &case.id);
    let fields = mapped.fields(case);
    let session = SessionRow::new(&imported.lsid, &fields).map_err(failures::of_disk)?;
    let sent = send(org, Some(session), rows).await?;
    if let Some(session_id) = &sent.session_id {
        let place = (session_id.as_str(), sent.session_is_new);
        if mapped.transcript_is_cut() {
            let name = format!("chat-{}", imported.lsid);
            put_file(org, &imported.lsid, place, "Chat transcript", name, chat).await?;
        }
        if cut > 0 {
            let name = format!("long-texts-{}", imported.lsid);
            put_file(org, &imported.lsid, place, "Long texts", name, whole).await?;
        }
    }
    sent.failures()
}

async fn put_file(
    org: &Org,
    lsid: &Lsid,
    place: (&str, bool),
    title: &'static str,
    name: String,
    content: BufWriter<File>,
) -> Result<(), Failure> {
    let content = content.into_inner().map_err(|e| failures::of_disk(e.into_error()))?;
    let file = SessionFile { title, name, content };
    org.put_file(lsid, place, &file).await.map_err(failures::of_org)
}

/// The org's answer to the rows.
#[derive(Default)]
struct Sent {
    session_id: Option<String>,
    session_is_new: bool,
    /// The first refused row, which shows the reason.
    refused: Option<RowFailure>,
    /// How many were refused.
    count: usize,
}

impl Sent {
    fn failures(self) -> Result<(), Failure> {
        match &self.refused {
            None => Ok(()),
            Some(first) => Err(failures::of_rows(first, self.count)),
        }
    }
}

/// Sends the rows in full batches, one call after the other, because rows of one session lock each
/// other. A refused row does not stop the others.
async fn send(
    org: &Org,
    mut session: Option<SessionRow>,
    rows: BufWriter<File>,
) -> Result<Sent, Failure> {
    let mut rows = rows.into_inner().map_err(|e| failures::of_disk(e.into_error()))?;
    rows.rewind().map_err(failures::of_disk)?;
    let mut batches = Batches::new(BufReader::new(rows));
    let mut sent = Sent::default();
    loop {
        let group: io::Result<Vec<_>> = batches.by_ref().take(BATCHES_A_CALL).collect();
        let group = group.map_err(failures::of_disk)?;
        if group.is_empty() && session.is_none() {
            return Ok(sent);
        }
        let own = session.take();
        let is_first = own.is_some();
        let written = org.write_rows(own.as_ref(), group).await.map_err(failures::of_org)?;
        sent.count += written.failures.len();
        sent.refused = sent.refused.or_else(|| written.failures.into_iter().next());
        if written.session_id.is_some() {
            sent.session_id = written.session_id;
            sent.session_is_new = written.session_is_new;
        } else if is_first {
            return Ok(sent);
        }
    }
}
