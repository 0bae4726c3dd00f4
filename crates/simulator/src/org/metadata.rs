//! Reads the project's own metadata: the files of `salesforce/` that an admin deploys.
//!
//! Only what decides about data is read. A file that cannot be read ends the simulator: it is part
//! of the build.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::schema::{FieldDef, FieldKind, ObjectDef, Relationship};

/// Path below the package and text.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/metadata.rs"));

/// Adds our fields to the standard objects, and our objects.
pub(super) fn extend(objects: &mut Vec<ObjectDef>) {
    for (path, text) in files("objects/", ".object-meta.xml") {
        let name = file_stem(path);
        let document = parse(path, text);
        let root = document.root_element();
        if name.ends_with("__mdt") {
            objects.push(metadata_type(name, root));
        }
        if !name.ends_with("__c") {
            continue;
        }
        let number = objects.iter().filter(|object| object.name.ends_with("__c")).count();
        let mut fields: Vec<FieldDef> = [
            ("Id", FieldKind::Id),
            ("Name", FieldKind::Text),
            ("CreatedDate", FieldKind::DateTime),
            ("LastModifiedDate", FieldKind::DateTime),
            ("IsDeleted", FieldKind::Boolean),
        ]
        .iter()
        .map(|(name, kind)| FieldDef { computed: true, ..FieldDef::plain(name, *kind) })
        .collect();
        if child(root, "sharingModel") != Some("ControlledByParent") {
            fields.push(FieldDef::plain("OwnerId", FieldKind::Id));
        }
        objects.push(ObjectDef {
            name: name.to_owned(),
            label: child(root, "label").unwrap_or(name).to_owned(),
            prefix: format!("a{number:02}"),
            fields,
            relationships: Vec::new(),
            name_format: name_format(root),
            writable: true,
            private: child(root, "sharingModel") == Some("Private"),
        });
    }
    for (path, text) in files("objects/", ".field-meta.xml") {
        let object = path.split('/').nth(1).unwrap_or_default();
        if let Some(object) = objects.iter_mut().find(|known| known.name == object) {
            let document = parse(path, text);
            add_field(object, document.root_element());
        }
    }
}

/// A type of custom metadata, whose rows are read through the REST API and never written.
fn metadata_type(name: &str, root: Node<'_, '_>) -> ObjectDef {
    let texts = ["DeveloperName", "MasterLabel"].map(|name| FieldDef::plain(name, FieldKind::Text));
    let id = FieldDef { computed: true, ..FieldDef::plain("Id", FieldKind::Id) };
    ObjectDef {
        name: name.to_owned(),
        label: child(root, "label").unwrap_or(name).to_owned(),
        prefix: "m00".to_owned(),
        fields: std::iter::once(id).chain(texts).collect(),
        relationships: Vec::new(),
        name_format: None,
        writable: false,
        private: false,
    }
}

fn add_field(object: &mut ObjectDef, node: Node<'_, '_>) {
    let name = child(node, "fullName").unwrap_or_default();
    let kind = child(node, "type").unwrap_or_default();
    let number = |name| child(node, name).and_then(|text| text.parse().ok());
    let is = |name| child(node, name) == Some("true");
    let computed = child(node, "formula").is_some();
    let is_text = matches!(kind, "Text" | "LongTextArea" | "Url") && !computed;
    object.fields.push(FieldDef {
        name: name.to_owned(),
        label: child(node, "label").unwrap_or(name).to_owned(),
        kind: match kind {
            "Lookup" | "MasterDetail" => FieldKind::Id,
            "LongTextArea" => FieldKind::LongText,
            "Checkbox" => FieldKind::Boolean,
            "DateTime" => FieldKind::DateTime,
            "Number" => FieldKind::Number,
            "Text" | "Picklist" | "Url" => FieldKind::Text,
            other => panic!("the simulator does not know fields of type {other}"),
        },
        length: number("length").filter(|_| is_text),
        precision: number("precision").and_then(|digits: usize| u32::try_from(digits).ok()),
        required: is("required") || kind == "MasterDetail",
        unique: is("unique"),
        external_id: is("externalId"),
        picklist: values(node),
        computed,
        fixed: kind == "MasterDetail" && !is("reparentableMasterDetail"),
    });
    if let Some(target) = child(node, "referenceTo") {
        object.relationships.push(Relationship {
            name: format!("{}__r", name.trim_end_matches("__c")),
            field: name.to_owned(),
            target: target.to_owned(),
            children: child(node, "relationshipName").map(|name| format!("{name}__r")),
        });
    }
}

fn name_format(object: Node<'_, '_>) -> Option<String> {
    let name = object.children().find(|node| node.has_tag_name((NAMESPACE, "nameField")))?;
    child(name, "displayFormat").map(str::to_owned)
}

/// The allowed texts of a restricted picklist.
fn values(field: Node<'_, '_>) -> Vec<String> {
    field
        .descendants()
        .filter(|node| node.has_tag_name((NAMESPACE, "value")))
        .filter_map(|value| child(value, "fullName").map(str::to_owned))
        .collect()
}

/// The fields of a field set, in its order.
pub(super) fn field_set(object: &str, name: &str) -> Vec<String> {
    let path = format!("objects/{object}/fieldSets/{name}.fieldSet-meta.xml");
    let Some((path, text)) = FILES.iter().find(|(known, _)| *known == path) else {
        return Vec::new();
    };
    let document = parse(path, text);
    let shown = document.root_element().children();
    shown
        .filter(|node| node.has_tag_name((NAMESPACE, "displayedFields")))
        .filter_map(|node| child(node, "field").map(str::to_owned))
        .collect()
}

/// The values of a record of a custom metadata type that are not empty.
pub(super) fn record(name: &str) -> BTreeMap<String, String> {
    let path = format!("customMetadata/{name}.md-meta.xml");
    let Some((path, text)) = FILES.iter().find(|(known, _)| *known == path) else {
        return BTreeMap::new();
    };
    let document = parse(path, text);
    let values = document.root_element().children();
    values
        .filter_map(|node| {
            Some((child(node, "field")?.to_owned(), child(node, "value")?.to_owned()))
        })
        .collect()
}

const NAMESPACE: &str = "http://soap.sforce.com/2006/04/metadata";

fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|child| child.has_tag_name((NAMESPACE, name)))?.text().map(str::trim)
}

fn files(below: &str, end: &str) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    FILES.iter().filter(move |(path, _)| path.starts_with(below) && path.ends_with(end))
}

fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

fn parse<'t>(path: &str, text: &'t str) -> Document<'t> {
    Document::parse(text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::objects::objects;
    use super::*;

    #[test]
    fn objects_and_rules_come_from_the_files_that_are_deployed() {
        let session = objects().iter().find(|object| object.name == "Support_Session__c").unwrap();
        let lsid = session.field("lsid__c").unwrap();
        assert_eq!(
            (lsid.length, lsid.unique, lsid.required, lsid.external_id),
            (Some(32), true, true, true)
        );
        assert!(session.field("Duration__c").unwrap().computed);
        let user = objects().iter().find(|object| object.name == "User").unwrap();
        assert!(user.field("BeyondTrust_Username__c").is_some());
        let person = objects().iter().find(|o| o.name == "Support_Session_Participant__c").unwrap();
        assert_eq!(person.field("Kind__c").unwrap().picklist, ["Customer", "Representative"]);
        assert_eq!(person.relationships[0].children.as_deref(), Some("Participants__r"));
    }

    #[test]
    fn every_event_type_that_is_known_has_a_record() {
        let records = files("customMetadata/Support_Session_Event_Type.", ".md-meta.xml");
        assert_eq!(records.count(), 53);
        let first = record("Support_Session_Event_Type.Chat_Message");
        assert_eq!(first.get("Event_Type__c").map(String::as_str), Some("Chat Message"));
    }

    #[test]
    fn the_rules_that_are_deployed_are_those_of_the_shared_file_and_wait_for_an_administrator() {
        let path =
            "../../../../salesforce/force-app/main/default/staticresources/SurveyTransitions.json";
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/org").join(path);
        let table: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let rules = table["rules"].as_array().unwrap();
        let records = files("customMetadata/Survey_Transition.", ".md-meta.xml").count();
        assert_eq!(rules.len(), records);
        for rule in rules {
            let record = record(&format!("Survey_Transition.{}", rule["name"].as_str().unwrap()));
            let text = |name: &str| record.get(name).map(String::as_str);
            assert_eq!(text("Active__c"), Some("false"), "{rule}");
            assert_eq!(text("Position__c").unwrap().parse::<f64>().ok(), rule["position"].as_f64());
            for (field, key) in [
                ("Survey__c", "survey"),
                ("Question__c", "question"),
                ("Answer__c", "answer"),
                ("Case_Status__c", "caseStatus"),
                ("Owner__c", "owner"),
                ("Comment__c", "comment"),
            ] {
                assert_eq!(text(field), rule[key].as_str(), "{field} of {rule}");
            }
        }
    }

    #[test]
    fn row_26_the_related_list_has_five_columns_newest_first_and_no_new_and_the_session_its_case() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../salesforce");
        let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
        let text = read("templates/Case-related-lists.layout-meta.xml");
        let document = parse("templates", &text);
        let list = document.root_element().children().find(Node::is_element).unwrap();
        let all = |name: &'static str| {
            let nodes = list.children().filter(move |node| node.has_tag_name((NAMESPACE, name)));
            nodes.filter_map(|node| node.text()).collect::<Vec<_>>()
        };
        let columns = [
            "Primary_Customer__c",
            "Primary_Representative__c",
            "Start_Time__c",
            "End_Time__c",
            "Duration__c",
        ];
        assert_eq!(all("fields"), columns);
        assert_eq!(all("relatedList"), ["Support_Session__c.Case__c"]);
        assert_eq!((all("sortField"), all("sortOrder")), (vec!["Start_Time__c"], vec!["Desc"]));
        assert_eq!(all("excludeButtons"), ["New"]);
        let layout = "layouts/Support_Session__c-Support Session Layout.layout-meta.xml";
        let layout = read(&format!("force-app/main/default/{layout}"));
        assert!(layout.contains("<field>Case__c</field>"));
        let guide = read("README.md");
        let step = guide.lines().find(|line| line.starts_with("| 7 |")).unwrap();
        let named = ["Primary Customer", "Primary Representative", "Start Time", "End Time"];
        assert!(named.iter().all(|column| step.contains(&format!("_{column}_"))), "{step}");
    }

    #[test]
    fn the_columns_of_the_sessions_are_those_that_the_guide_names() {
        let fields = field_set("Support_Session__c", "Sessions");
        assert_eq!(fields.len(), 5, "{fields:?}");
    }
}
