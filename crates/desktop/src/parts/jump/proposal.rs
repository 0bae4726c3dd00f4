//! What a jump is proposed to be: from a link, a previous jump or a window's form.

use crate::texts;
use casebridge_domain::deep_link::Action;
use casebridge_domain::jump::{Console, Flaw, JumpField, JumpForm, JumpMethod, JumpProblem};
use casebridge_domain::{CaseRef, DeepLink, Failure, FailureCode, OrgId};
use casebridge_ipc::JumpFormView;
use std::collections::BTreeMap;

/// Fields that say where a jump goes; they are not kept for the next one.
pub(super) const AIM: &[JumpField] = &[
    JumpField::Target,
    JumpField::Search,
    JumpField::Hostname,
    JumpField::PrivateIp,
    JumpField::PublicIp,
    JumpField::Tag,
    JumpField::Comments,
];

/// A jump that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) form: JumpForm,
    pub(super) console: Console,
    pub(super) case: Option<CaseRef>,
    pub(super) org: Option<OrgId>,
    pub(super) appliance: Option<String>,
}

impl Proposal {
    pub(super) fn of(form: JumpForm) -> Self {
        Self { form, console: Console::Desktop, case: None, org: None, appliance: None }
    }

    /// What a link asks for.
    ///
    /// # Errors
    /// The method is unknown, or does not take what the link gives.
    pub(super) fn from_link(link: &DeepLink) -> Result<Self, ()> {
        let method = match &link.method {
            Some(word) => word.parse().map_err(drop)?,
            None => JumpMethod::Item,
        };
        let form = JumpForm::new(method)
            .with(JumpField::Search, link.search.as_deref())
            .with(method.aim(), link.target.as_deref())
            .with(JumpField::Jumpoint, link.jumpoint.as_deref());
        let takes = |field: &JumpField| method.fields().contains(field);
        if !form.values.keys().all(takes) {
            return Err(());
        }
        let console = if link.action == Action::WebJump { Console::Web } else { Console::Desktop };
        let (case, org) = (link.case.clone(), link.org.clone());
        Ok(Self { form, console, case, org, appliance: link.appliance.clone() })
    }
}

/// What a window sends, in domain words.
///
/// # Errors
/// A method or a field that does not exist.
pub(super) fn read_form(view: &JumpFormView) -> Result<JumpForm, Failure> {
    let unknown = |word: &str| Failure::new(FailureCode::JumpInvalid, word.to_owned());
    let method = view.method.parse().map_err(|_| unknown(&view.method))?;
    let mut values = BTreeMap::new();
    for (word, text) in &view.values {
        let field: JumpField = word.parse().map_err(|_| unknown(word))?;
        if !text.trim().is_empty() {
            values.insert(field, text.trim().to_owned());
        }
    }
    Ok(JumpForm { method, values })
}

/// What is wrong with a form, for people.
pub(super) fn problem(problem: &JumpProblem) -> Failure {
    let name = problem.field.as_str().replace('_', " ");
    let is_search = problem.flaw == Flaw::Missing && problem.field == JumpField::Search;
    let detail = match is_search {
        true => texts::jump_search_missing(),
        false => texts::jump_flaw(name, problem.flaw),
    };
    Failure::caused(FailureCode::JumpInvalid, detail, *problem)
}
