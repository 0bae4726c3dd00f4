//! Files of a session: the whole of what its fields are too short for. A file is never written over;
//! another content is another version of it (`reference/salesforce.md` section 2.1).

use super::writer::odd;
use crate::org::{API_VERSION, Call};
use crate::query::{Condition, Field, Object, Query, Value as Literal};
use crate::{Error, Org};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Seek as _, SeekFrom};

/// A text file that belongs to a session.
#[derive(Debug)]
pub struct SessionFile {
    /// What people call it; the session has one of this title.
    pub title: &'static str,
    /// The name that it has when it is saved.
    pub name: String,
    /// The content.
    pub content: File,
}

impl Org {
    /// Makes sure that the session has the file with this content. One of the same title and length
    /// is taken for the same; a session that is new has none, and is not asked for any.
    ///
    /// # Errors
    /// The org cannot be asked or refuses the file, or the content cannot be read.
    pub async fn put_file(
        &self,
        session_id: &str,
        is_new: bool,
        file: &SessionFile,
    ) -> Result<(), Error> {
        let length = file.content.metadata().map_err(|_| UNREADABLE)?.len();
        let query = Query::select(
            Object::ContentDocumentLink,
            &[Field::ContentDocumentId, Field::DocumentTitle, Field::DocumentSize],
        )
        .wherever(Condition::Is(Field::LinkedEntityId, Literal::Text(session_id.to_owned())));
        let known = if is_new { Vec::new() } else { self.records(&query).await? };
        let same = known.iter().find(|row| row["ContentDocument"]["Title"] == file.title);
        if same.is_some_and(|row| row["ContentDocument"]["ContentSize"] == length) {
            return Ok(());
        }
        let mut entity = json!({ "Title": file.title, "PathOnClient": file.name });
        match same.and_then(|row| row["ContentDocumentId"].as_str()) {
            Some(document) => entity["ContentDocumentId"] = json!(document),
            None => entity["FirstPublishLocationId"] = json!(session_id),
        }
        let path = ["services", "data", API_VERSION, "sobjects", "ContentVersion"];
        let form = || form(&entity, file, length);
        let answer: Value = self.upload(&Call::get(&path, &[]), &form).await?;
        match answer["success"].as_bool() {
            Some(true) => Ok(()),
            Some(false) | None => Err(odd("the file was not taken")),
        }
    }
}

const UNREADABLE: Error = Error::InvalidInput("the file cannot be read");

fn form(entity: &Value, file: &SessionFile, length: u64) -> Result<Form, Error> {
    let mut content = file.content.try_clone().map_err(|_| UNREADABLE)?;
    content.seek(SeekFrom::Start(0)).map_err(|_| UNREADABLE)?;
    let body = reqwest::Body::from(tokio::fs::File::from_std(content));
    let text = |_| Error::InvalidInput("the file's type has no form");
    let entity = Part::text(entity.to_string()).mime_str("application/json").map_err(text)?;
    let data = Part::stream_with_length(body, length).file_name(file.name.clone());
    let data = data.mime_str("text/plain").map_err(text)?;
    Ok(Form::new().part("entity_content", entity).part("VersionData", data))
}
