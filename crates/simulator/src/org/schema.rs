//! What objects and fields are: their kinds, and the rules that the org keeps when they are written.

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
    /// Only its owner sees a row.
    pub(crate) private: bool,
}

impl ObjectDef {
    /// The field of this name, without case as the API compares.
    pub(crate) fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}
