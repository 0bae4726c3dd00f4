//! From the table of settings to the pages of the window: a setting that is declared there is shown
//! here, with the control of its form.

use casebridge_domain::report::EVENT_TYPE_GROUPS;
use casebridge_domain::settings::{
    Declaration, Kind, Origin, Page, Scope, Settings as Values, Value, Word, appliance_setting,
    declarations, setting,
};
use casebridge_ipc::{
    ControlView, FieldView, OptionView, OriginView, SettingSectionView, SettingView, SettingsPage,
    SettingsPageView, WordGroupView,
};

/// Every page with the settings of which there is one.
pub(super) fn pages(settings: &Values) -> Vec<SettingsPageView> {
    let page = |page: Page| SettingsPageView {
        id: id_of(page),
        name: page.name().to_owned(),
        sections: sections(settings, page),
    };
    Page::ALL.map(page).into()
}

fn id_of(page: Page) -> SettingsPage {
    match page {
        Page::Appliances => SettingsPage::Appliance,
        Page::Salesforce => SettingsPage::Org,
        Page::Keys => SettingsPage::Keys,
        Page::Console => SettingsPage::Console,
        Page::Sessions => SettingsPage::Sessions,
        Page::Rules => SettingsPage::Rules,
        Page::Computer => SettingsPage::Computer,
    }
}

/// The settings of a page by category, in the order of the table.
fn sections(settings: &Values, page: Page) -> Vec<SettingSectionView> {
    let mut sections: Vec<SettingSectionView> = Vec::new();
    let all = declarations().filter(|one| one.scope == Scope::Single);
    for one in all.filter(|one| one.category.page() == page) {
        let (name, view) = (one.category.name(), view(settings, one, ""));
        match sections.iter_mut().find(|section| section.name == name) {
            Some(section) => section.settings.push(view),
            None => {
                let settings = vec![view];
                sections.push(SettingSectionView { name: name.to_owned(), settings });
            }
        }
    }
    sections
}

/// The settings that belong to this name.
pub(super) fn of_name(
    settings: &Values,
    all: &[&'static Declaration],
    name: &str,
) -> Vec<SettingView> {
    all.iter().map(|one| view(settings, one, name)).collect()
}

fn view(settings: &Values, one: &'static Declaration, name: &str) -> SettingView {
    let key = one.key_of(name);
    let FieldView { value, managed, origin } = field(settings.value(&key));
    SettingView {
        name: one.name.to_owned(),
        description: one.description.to_owned(),
        control: control(one),
        default_value: one.default(),
        in_form: is_in_form(one),
        key,
        value,
        managed,
        origin,
    }
}

/// A value on a page; empty before settings were read.
pub(super) fn field(value: Option<&Value>) -> FieldView {
    let origin = match value.map(|v| v.origin) {
        Some(Origin::Policy) => OriginView::Policy,
        Some(Origin::User) => OriginView::User,
        Some(Origin::Default) | None => OriginView::Default,
    };
    let value = value.map(|v| v.value.clone()).unwrap_or_default();
    FieldView { value, managed: origin == OriginView::Policy, origin }
}

/// What the org's page saves together with its button, before a sign-in.
fn is_in_form(one: &Declaration) -> bool {
    let form = [
        setting::ORG_LOGIN_URL.declaration(),
        setting::ORG_CLIENT_ID.declaration(),
        setting::ORG_CA_FILE.declaration(),
        setting::ORG_REDIRECT_PORTS.declaration(),
    ];
    form.contains(&one)
}

/// The control of a setting's form. Two settings have more to show than their form says.
fn control(one: &Declaration) -> ControlView {
    if one == appliance_setting::EVENT_TYPES.declaration() {
        return ControlView::Words { groups: event_types() };
    }
    if one == setting::EMAIL_TEMPLATE.declaration() {
        return ControlView::Email;
    }
    match one.kind {
        Kind::Text => ControlView::Text,
        Kind::Lines => ControlView::Lines,
        Kind::Host => ControlView::Host,
        Kind::Address => ControlView::Url,
        Kind::File => ControlView::Path,
        Kind::List => ControlView::List,
        Kind::Ports => ControlView::Ports,
        Kind::Switch => ControlView::Switch,
        Kind::Seconds(low, high) => ControlView::Seconds { low, high },
        Kind::Number(low, high) => ControlView::Number { low, high },
        Kind::OneOf(words) => ControlView::Choice { options: words.iter().map(option).collect() },
        Kind::FieldName => ControlView::FieldName,
    }
}

fn option(word: &Word) -> OptionView {
    OptionView { word: word.word.to_owned(), label: word.name.to_owned() }
}

fn event_types() -> Vec<WordGroupView> {
    let group = |group: &casebridge_domain::report::EventTypeGroup| WordGroupView {
        name: group.name.to_owned(),
        words: group.types.iter().map(|&word| word.to_owned()).collect(),
    };
    EVENT_TYPE_GROUPS.iter().map(group).collect()
}
