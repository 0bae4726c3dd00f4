//! The org's objects and their fields: the standard ones as written here, ours as the project's own
//! metadata declares them, so that what is deployed and what is simulated cannot differ.

use std::sync::LazyLock;

use super::metadata;

/// What a field holds, as far as queries care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldKind {
    /// The row's own id or another's.
    Id,
    /// Text that compares without case.
    Text,
    /// Text that cannot be filtered.
    LongText,
    Boolean,
    DateTime,
    Number,
}

/// A field of an object, with the rules that the org keeps when it is written.
#[derive(Debug, Clone)]
pub(crate) struct FieldDef {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: FieldKind,
    /// The longest text, in characters.
    pub(crate) length: Option<usize>,
    /// How many digits a number may have.
    pub(crate) precision: Option<u32>,
    /// A new row must have it.
    pub(crate) required: bool,
    pub(crate) unique: bool,
    /// Rows are found by it.
    pub(crate) external_id: bool,
    /// The only texts that are allowed; any where empty.
    pub(crate) picklist: Vec<String>,
    /// Nobody can write it.
    pub(crate) computed: bool,
    /// It may be set when the row is made, and not after.
    pub(crate) fixed: bool,
}

impl FieldDef {
    /// A field without rules.
    pub(crate) fn plain(name: &str, kind: FieldKind) -> Self {
        Self {
            name: name.to_owned(),
            label: name.to_owned(),
            kind,
            length: None,
            precision: None,
            required: false,
            unique: false,
            external_id: false,
            picklist: Vec::new(),
            computed: false,
            fixed: false,
        }
    }
}

/// A way from a row to another one.
#[derive(Debug, Clone)]
pub(crate) struct Relationship {
    /// Its name from the child to the parent.
    pub(crate) name: String,
    /// The field with the id.
    pub(crate) field: String,
    /// The object that it leads to.
    pub(crate) target: String,
    /// Its name from the parent to the children, for ours.
    pub(crate) children: Option<String>,
}

/// An object of the org.
#[derive(Debug)]
pub(crate) struct ObjectDef {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) prefix: String,
    pub(crate) fields: Vec<FieldDef>,
    pub(crate) relationships: Vec<Relationship>,
    /// How rows get their names, such as `SS-{0000000}`.
    pub(crate) name_format: Option<String>,
    /// Rows can be made and changed through the REST API.
    pub(crate) writable: bool,
}

impl ObjectDef {
    /// The field of this name, without case as the API compares.
    pub(crate) fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

/// All objects: the standard ones, with our fields among theirs, and ours.
pub(crate) fn objects() -> &'static [ObjectDef] {
    static OBJECTS: LazyLock<Vec<ObjectDef>> = LazyLock::new(|| {
        let mut objects: Vec<ObjectDef> = STANDARD.iter().map(Standard::define).collect();
        metadata::extend(&mut objects);
        objects
    });
    &OBJECTS
}

/// An object that every org has, as far as clients use it.
struct Standard {
    name: &'static str,
    prefix: &'static str,
    fields: &'static [(&'static str, FieldKind)],
    /// Relationship name, the field with the id, the object it leads to.
    relationships: &'static [(&'static str, &'static str, &'static str)],
}

impl Standard {
    fn define(&self) -> ObjectDef {
        let relationship = |(name, field, target): &(&str, &str, &str)| Relationship {
            name: (*name).to_owned(),
            field: (*field).to_owned(),
            target: (*target).to_owned(),
            children: None,
        };
        ObjectDef {
            name: self.name.to_owned(),
            label: self.name.to_owned(),
            prefix: self.prefix.to_owned(),
            fields: self.fields.iter().map(|(name, kind)| FieldDef::plain(name, *kind)).collect(),
            relationships: self.relationships.iter().map(relationship).collect(),
            name_format: None,
            writable: ["Case", "CaseComment"].contains(&self.name),
        }
    }
}

use FieldKind::{Boolean, DateTime, Id, LongText, Number, Text};

const STANDARD: &[Standard] = &[
    Standard {
        name: "Organization",
        prefix: "00D",
        fields: &[
            ("Id", Id),
            ("Name", Text),
            ("InstanceName", Text),
            ("IsSandbox", Boolean),
            ("OrganizationType", Text),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[],
    },
    Standard {
        name: "User",
        prefix: "005",
        fields: &[
            ("Id", Id),
            ("Username", Text),
            ("FirstName", Text),
            ("LastName", Text),
            ("Name", Text),
            ("Alias", Text),
            ("Email", Text),
            ("EmployeeNumber", Text),
            ("FederationIdentifier", Text),
            ("IsActive", Boolean),
            ("UserType", Text),
            ("TimeZoneSidKey", Text),
            ("LocaleSidKey", Text),
            ("LanguageLocaleKey", Text),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[],
    },
    Standard {
        name: "Account",
        prefix: "001",
        fields: &[
            ("Id", Id),
            ("Name", Text),
            ("OwnerId", Id),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[("Owner", "OwnerId", "User")],
    },
    Standard {
        name: "Contact",
        prefix: "003",
        fields: &[
            ("Id", Id),
            ("FirstName", Text),
            ("LastName", Text),
            ("Name", Text),
            ("Email", Text),
            ("Phone", Text),
            ("Computer__c", Text),
            ("AccountId", Id),
            ("OwnerId", Id),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[("Account", "AccountId", "Account"), ("Owner", "OwnerId", "User")],
    },
    Standard {
        name: "Case",
        prefix: "500",
        fields: &[
            ("Id", Id),
            ("CaseNumber", Text),
            ("Subject", Text),
            ("Description", LongText),
            ("Status", Text),
            ("IsClosed", Boolean),
            ("Priority", Text),
            ("Origin", Text),
            ("AccountId", Id),
            ("ContactId", Id),
            ("ContactEmail", Text),
            ("ContactPhone", Text),
            ("AssetId", Id),
            ("SuppliedName", Text),
            ("SuppliedEmail", Text),
            ("SuppliedPhone", Text),
            ("SuppliedCompany", Text),
            ("OwnerId", Id),
            ("CreatedById", Id),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[
            ("Account", "AccountId", "Account"),
            ("Contact", "ContactId", "Contact"),
            ("Asset", "AssetId", "Asset"),
            ("Owner", "OwnerId", "User"),
            ("CreatedBy", "CreatedById", "User"),
        ],
    },
    // Its rows carry the id of what was viewed, so that they have no prefix of their own.
    Standard {
        name: "RecentlyViewed",
        prefix: "000",
        fields: &[("Id", Id), ("Name", Text), ("Type", Text), ("LastViewedDate", DateTime)],
        relationships: &[],
    },
    Standard {
        name: "Asset",
        prefix: "02i",
        fields: &[
            ("Id", Id),
            ("Name", Text),
            ("Host_Name__c", Text),
            ("AccountId", Id),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[("Account", "AccountId", "Account")],
    },
    Standard {
        name: "EmailMessage",
        prefix: "02s",
        fields: &[
            ("Id", Id),
            ("ParentId", Id),
            ("RelatedToId", Id),
            ("Subject", Text),
            ("TextBody", LongText),
            ("HtmlBody", LongText),
            ("FromAddress", Text),
            ("FromName", Text),
            ("ToAddress", Text),
            ("Status", Text),
            ("Incoming", Boolean),
            ("MessageDate", DateTime),
            ("CreatedById", Id),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[("Parent", "ParentId", "Case"), ("CreatedBy", "CreatedById", "User")],
    },
    Standard {
        name: "CaseComment",
        prefix: "00a",
        fields: &[
            ("Id", Id),
            ("ParentId", Id),
            ("CommentBody", LongText),
            ("IsPublished", Boolean),
            ("Name", Text),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[("Parent", "ParentId", "Case")],
    },
    Standard {
        name: "Group",
        prefix: "00G",
        fields: &[
            ("Id", Id),
            ("Name", Text),
            ("DeveloperName", Text),
            ("Type", Text),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[],
    },
    Standard {
        name: "ContentDocument",
        prefix: "069",
        fields: &[
            ("Id", Id),
            ("Title", Text),
            ("ContentSize", Number),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[],
    },
    Standard {
        name: "ContentVersion",
        prefix: "068",
        fields: &[
            ("Id", Id),
            ("ContentDocumentId", Id),
            ("Title", Text),
            ("PathOnClient", Text),
            ("ContentSize", Number),
            ("VersionData", LongText),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[("ContentDocument", "ContentDocumentId", "ContentDocument")],
    },
    Standard {
        name: "ContentDocumentLink",
        prefix: "06A",
        fields: &[
            ("Id", Id),
            ("LinkedEntityId", Id),
            ("ContentDocumentId", Id),
            ("CreatedDate", DateTime),
            ("LastModifiedDate", DateTime),
        ],
        relationships: &[("ContentDocument", "ContentDocumentId", "ContentDocument")],
    },
];
