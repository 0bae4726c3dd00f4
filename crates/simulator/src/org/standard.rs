//! The standard objects that every org has, as far as clients use them.

use super::schema::{FieldDef, FieldKind, ObjectDef, Relationship};

/// The objects whose rows clients make and change.
const WRITABLE: [&str; 4] = ["Case", "CaseComment", "Account", "Contact"];

/// Fields that the org fills in itself, of every object and of one.
const COMPUTED: [&str; 5] = ["Id", "CreatedDate", "LastModifiedDate", "CreatedById", "IsDeleted"];
const COMPUTED_HERE: [(&str, &str); 5] = [
    ("Case", "CaseNumber"),
    ("Case", "IsClosed"),
    ("Case", "ContactEmail"),
    ("Case", "ContactPhone"),
    ("Contact", "Name"),
];

/// Fields that a new row must have.
const REQUIRED: [(&str, &str); 3] =
    [("Account", "Name"), ("Contact", "LastName"), ("CaseComment", "ParentId")];

/// An object that every org has, as far as clients use it.
pub(super) struct Standard {
    name: &'static str,
    prefix: &'static str,
    fields: &'static [(&'static str, FieldKind)],
    /// Relationship name, the field with the id, the object it leads to.
    relationships: &'static [(&'static str, &'static str, &'static str)],
}

impl Standard {
    pub(super) fn define(&self) -> ObjectDef {
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
            fields: self.fields.iter().map(|(name, kind)| self.field(name, *kind)).collect(),
            relationships: self.relationships.iter().map(relationship).collect(),
            name_format: None,
            writable: WRITABLE.contains(&self.name),
            private: false,
        }
    }

    fn field(&self, name: &str, kind: FieldKind) -> FieldDef {
        let is = |list: &[(&str, &str)]| list.contains(&(self.name, name));
        FieldDef {
            computed: COMPUTED.contains(&name) || is(&COMPUTED_HERE),
            required: is(&REQUIRED),
            ..FieldDef::plain(name, kind)
        }
    }
}

use FieldKind::{Boolean, DateTime, Id, LongText, Number, Text};

pub(super) const STANDARD: &[Standard] = &[
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
            ("IsDeleted", Boolean),
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
            ("IsDeleted", Boolean),
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
            ("IsDeleted", Boolean),
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
            ("IsDeleted", Boolean),
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
