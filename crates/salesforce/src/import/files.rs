//! Files of a session with the full texts that are too long for its fields. Each file is written
//! together with a record of its own in one all-or-none call, so that only one of two concurrent
//! computers writes it. A file is never overwritten; different content becomes a new version
//! (`docs/protocols/salesforce.md#files`).

use crate::composite::Outcome;
use crate::error::{odd, passes};
use crate::org::{API_VERSION, Call};
use crate::query::{Condition, Field, Object, Query, Value as Literal};
use crate::{Error, Org};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use casebridge_domain::Lsid;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};

/// The size of a part in bytes. A longer text is sent in several parts.
const PART: usize = 4 * 1024 * 1024;

/// A text file that belongs to a session.
#[derive(Debug)]
pub struct SessionFile {
    /// The title. A session has one file with each title.
    pub title: &'static str,
    /// The file name without extension.
    pub name: String,
    /// The content.
    pub content: File,
}

/// A part of a file.
struct Part<'a> {
    title: String,
    path: String,
    key: String,
    content: &'a [u8],
}

/// The state of a part in the org.
enum Known {
    Nothing,
    Same,
    /// Different content, in this document.
    Other(String),
}

impl Org {
    /// Makes sure that the session has the file with this content. A file with the same title and
    /// length counts as the same. A new session has no files, so the org is not asked.
    ///
    /// # Errors
    /// The org can't be asked or refuses the file, or the content can't be read.
    pub async fn put_file(
        &self,
        lsid: &Lsid,
        (session_id, is_new): (&str, bool),
        file: &SessionFile,
    ) -> Result<(), Error> {
        let mut content = BufReader::new(&file.content);
        content.rewind().map_err(|_| UNREADABLE)?;
        let mut number = 1;
        while let Some(part) = next_part(&mut content).map_err(|_| UNREADABLE)? {
            let more =
                |blank: &str| if number > 1 { format!("{blank}{number}") } else { String::new() };
            let part = Part {
                title: format!("{}{}", file.title, more(" ")),
                path: format!("{}{}.txt", file.name, more("-")),
                key: format!("{lsid}:{}:{number}", file.title),
                content: &part,
            };
            self.put_part(session_id, is_new, &part).await?;
            number += 1;
        }
        Ok(())
    }

    async fn put_part(&self, session: &str, is_new: bool, part: &Part<'_>) -> Result<(), Error> {
        let known = if is_new { Known::Nothing } else { self.known_part(session, part).await? };
        match known {
            Known::Same => return Ok(()),
            Known::Other(document) => return self.add_version(&document, part).await,
            Known::Nothing => {}
        }
        let claim = json!({
            "method": "POST",
            "url": format!("/services/data/{API_VERSION}/sobjects/Support_Session_File__c"),
            "referenceId": CLAIM,
            "body": { "Support_Session__c": session, "Key__c": part.key },
        });
        let file = json!({
            "method": "POST",
            "url": format!("/services/data/{API_VERSION}/sobjects/ContentVersion"),
            "referenceId": "file",
            "body": version(part, "FirstPublishLocationId", session),
        });
        match self.composite(&[claim, file]).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed { reference, report }
                if reference == CLAIM && report.code == "DUPLICATE_VALUE" =>
            {
                self.put_after_another(session, part).await
            }
            Outcome::Failed { report, .. } if passes(&report.code, &report.message) => {
                Err(Error::Busy { status: 400 })
            }
            Outcome::Failed { report, .. } => Err(Error::from_report(400, report)),
        }
    }

    /// Another computer was first. If the file has been deleted since, it is written again.
    async fn put_after_another(&self, session: &str, part: &Part<'_>) -> Result<(), Error> {
        match self.known_part(session, part).await? {
            Known::Same => Ok(()),
            Known::Other(document) => self.add_version(&document, part).await,
            Known::Nothing => {
                self.create_version(version(part, "FirstPublishLocationId", session)).await
            }
        }
    }

    async fn known_part(&self, session: &str, part: &Part<'_>) -> Result<Known, Error> {
        let query = Query::select(
            Object::ContentDocumentLink,
            &[Field::ContentDocumentId, Field::DocumentTitle, Field::DocumentSize],
        )
        .wherever(Condition::Is(Field::LinkedEntityId, Literal::Text(session.to_owned())));
        let all = self.records(&query).await?;
        let known = all.iter().find(|row| row["ContentDocument"]["Title"] == part.title);
        let Some(known) = known else { return Ok(Known::Nothing) };
        if known["ContentDocument"]["ContentSize"] == part.content.len() {
            return Ok(Known::Same);
        }
        let document = known["ContentDocumentId"].as_str();
        let document = document.ok_or_else(|| odd("a file has no document"))?;
        Ok(Known::Other(document.to_owned()))
    }

    async fn add_version(&self, document: &str, part: &Part<'_>) -> Result<(), Error> {
        self.create_version(version(part, "ContentDocumentId", document)).await
    }

    async fn create_version(&self, version: Value) -> Result<(), Error> {
        let path = ["services", "data", API_VERSION, "sobjects", "ContentVersion"];
        let answer = self.json(&Call::post(&path, version)).await?;
        match answer["success"].as_bool() {
            Some(true) => Ok(()),
            Some(false) | None => Err(odd("the file was not taken")),
        }
    }
}

const CLAIM: &str = "claim";
const UNREADABLE: Error = Error::InvalidInput("the file cannot be read");

fn version(part: &Part<'_>, place: &str, id: &str) -> Value {
    json!({
        "Title": part.title, "PathOnClient": part.path, place: id,
        "VersionData": STANDARD.encode(part.content),
    })
}

/// The next part, up to the end of a line if possible.
fn next_part(content: &mut BufReader<&File>) -> std::io::Result<Option<Vec<u8>>> {
    let mut part = Vec::new();
    content.by_ref().take(PART as u64).read_to_end(&mut part)?;
    if part.len() == PART {
        content.by_ref().take(PART as u64).read_until(b'\n', &mut part)?;
    }
    Ok(Some(part).filter(|part| !part.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_long_text_is_sent_in_parts_that_end_with_a_line() {
        let mut file = tempfile::tempfile().unwrap();
        let line = "a line of a chat that goes on and on, ä\n";
        let count = 3 * PART / line.len();
        for _ in 0..count {
            file.write_all(line.as_bytes()).unwrap();
        }
        file.rewind().unwrap();
        let mut content = BufReader::new(&file);
        let mut whole = 0;
        let mut parts = 0;
        while let Some(part) = next_part(&mut content).unwrap() {
            assert!(part.ends_with(b"\n") && part.len() < PART + 100);
            assert!(std::str::from_utf8(&part).is_ok());
            (whole, parts) = (whole + part.len(), parts + 1);
        }
        assert_eq!((whole, parts), (count * line.len(), 3));
        assert!(next_part(&mut content).unwrap().is_none());
    }
}
