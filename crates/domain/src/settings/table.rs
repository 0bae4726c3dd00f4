//! The table of settings. Each is declared here and nowhere else: files, policies, windows, the
//! reference page and code take its key, form, default and texts from this table.

use super::choices::{ExternalKeyWrites, KeyKind, Language, LogLevel, UsernameFrom, WebActions};
use super::declaration::{Category, Declaration, Declared, Scope, check};
use super::form::{
    FieldName, File, Form, Host, Lines, List, Number, OneOf, Optional, PortList, PortalList,
    Switch, Text, Web,
};
use super::value::{self, Ports};

/// Declares settings, and lists them in `ALL`.
macro_rules! declare {
    ($scope:ident; $($id:ident: $form:ty = $key:literal {
        default: $default:expr,
        category: $category:ident,
        name: $name:literal,
        description: $description:literal,
        policy: $policy:literal,
    })+) => {
        $(
            #[doc = concat!("`", $key, "`: ", $name, ".")]
            pub static $id: Declared<$form, super::super::declaration::$scope> = Declared::new(
                Declaration {
                    scope: Scope::$scope,
                    key: $key,
                    kind: <$form as Form>::KIND,
                    category: Category::$category,
                    name: $name,
                    description: $description,
                    policy: $policy,
                    default: || <$form as Form>::print(&$id.default),
                    check: check::<$form>,
                },
                $default,
            );
        )+

        /// Each setting of this module.
        pub static ALL: &[&Declaration] = &[$(&$id.declaration),+];
    };
}

/// The settings of each appliance, below `appliance.<name>.`.
pub mod appliance_setting {
    use super::*;

    declare! { PerAppliance;
        HOSTNAME: Optional<Host> = "hostname" {
            default: None,
            category: Appliance,
            name: "Host name",
            description: "The host name of your BeyondTrust Remote Support site, such as support.example.com, with the port where it is not 443.",
            policy: true,
        }
        CLIENT_ID: Optional<Text> = "client_id" {
            default: None,
            category: Appliance,
            name: "Client ID",
            description: "The client ID of the API account that Casebridge uses. The client secret is not a setting; it is stored in the keyring.",
            policy: true,
        }
        CA_FILE: Optional<File> = "ca_file" {
            default: None,
            category: Appliance,
            name: "CA file",
            description: "The full path of a PEM file with certificates to trust in addition to those of the operating system, when the site's certificate comes from your own authority.",
            policy: true,
        }
        PORTALS: PortalList = "portals" {
            default: Vec::new(),
            category: Appliance,
            name: "Portals",
            description: "The public portals that a representative can choose for a session key: Default, and others by name and host name, such as HR=hr.support.example.com. If none is listed, the appliance uses its default portal.",
            policy: true,
        }
        IMPORT_ALL_SESSIONS: Switch = "import_all_sessions" {
            default: false,
            category: Appliance,
            name: "Import sessions without a case",
            description: "Write finished sessions to Salesforce even if they do not belong to a case, also those of other representatives.",
            policy: true,
        }
        IMPORT_PORTALS: List = "import_portals" {
            default: Vec::new(),
            category: Appliance,
            name: "Portals to import",
            description: "Import only sessions of these portals, by the names that session reports use, such as Default, or by the host names listed above. If none is listed, sessions of all portals are imported.",
            policy: true,
        }
        EVENT_TYPES: List = "event_types" {
            default: Vec::new(),
            category: Appliance,
            name: "Event types to import",
            description: "Import only session events of these types. If none is named, events of all types are imported, including types that Casebridge does not know.",
            policy: true,
        }
        EXTERNAL_RECORDING_BASE_URL: Optional<Web> = "external_recording_base_url" {
            default: None,
            category: Appliance,
            name: "URL of recordings",
            description: "Where session recordings are stored if they are not on the appliance. Casebridge adds the LSID of the session to this URL as the parameter lsid.",
            policy: true,
        }
        USE_REP_CONSOLE_FOR_SESSION_KEYS: Switch = "use_rep_console_for_session_keys" {
            default: false,
            category: Appliance,
            name: "Create session keys in the representative console",
            description: "Open the key dialog of the representative console instead of creating the key in Casebridge, unless a link or the default kind of key says otherwise.",
            policy: true,
        }
    }
}

/// The settings of each rule by which an exit survey moves a case, below `transition.<name>.`.
pub mod transition_setting {
    use super::*;
    use crate::report::SurveyKind;

    declare! { PerTransition;
        SURVEY: OneOf<SurveyKind> = "survey" {
            default: SurveyKind::Representative,
            category: Transitions,
            name: "Survey",
            description: "The exit survey that the rule reads.",
            policy: true,
        }
        QUESTION: Optional<Text> = "question" {
            default: None,
            category: Transitions,
            name: "Question",
            description: "The field name of the survey question.",
            policy: true,
        }
        ANSWER: Optional<Text> = "answer" {
            default: None,
            category: Transitions,
            name: "Answer",
            description: "The complete answer that the rule applies to. Upper and lower case are the same.",
            policy: true,
        }
        CASE_STATUS: Optional<Text> = "case_status" {
            default: None,
            category: Transitions,
            name: "New status",
            description: "The status that the case gets. Leave empty to keep its status.",
            policy: true,
        }
        OWNER: Optional<Text> = "owner" {
            default: None,
            category: Transitions,
            name: "New owner",
            description: "The developer name of the queue, or the user name of the user, that the case is assigned to. Leave empty to keep its owner.",
            policy: true,
        }
        COMMENT: Optional<Lines> = "comment" {
            default: None,
            category: Transitions,
            name: "Comment",
            description: "A comment to add to the case. The customer does not see it.",
            policy: true,
        }
        POSITION: Number<0, 9999> = "position" {
            default: 100,
            category: Transitions,
            name: "Position",
            description: "Rules with a lower position are tried first.",
            policy: true,
        }
    }
}

/// Every other setting.
pub mod setting {
    use super::super::form::Seconds;
    use super::*;

    declare! { Single;
        ORG_LOGIN_URL: Optional<Web> = "org.login_url" {
            default: None,
            category: Salesforce,
            name: "Login URL",
            description: "The URL of your Salesforce org, such as https://example.my.salesforce.com.",
            policy: true,
        }
        ORG_CLIENT_ID: Optional<Text> = "org.client_id" {
            default: None,
            category: Salesforce,
            name: "Client ID",
            description: "The consumer key of the Casebridge app in your org.",
            policy: true,
        }
        ORG_CA_FILE: Optional<File> = "org.ca_file" {
            default: None,
            category: Salesforce,
            name: "CA file",
            description: "The full path of a PEM file with certificates to trust in addition to those of the operating system, when a proxy replaces the certificates of Salesforce.",
            policy: true,
        }
        ORG_LOGIN_SUFFIXES: List = "org.login_suffixes" {
            default: Vec::new(),
            category: Salesforce,
            name: "Additional login domains",
            description: "Domains outside of Salesforce that your org can be signed in to. The host of the login URL must be one of Salesforce's own or end with one of these.",
            policy: true,
        }
        ORG_REDIRECT_PORTS: PortList = "org.redirect_ports" {
            default: Ports::built_in(&[17171..=17190]),
            category: Salesforce,
            name: "Callback ports",
            description: "The local ports that the browser returns to after the sign-in, as ports or ranges. The callback URLs of the Casebridge app in your org must name the same ports.",
            policy: true,
        }
        ORG_EXTERNAL_KEY_WRITES: OneOf<ExternalKeyWrites> = "org.external_key_writes" {
            default: ExternalKeyWrites::CaseId,
            category: Salesforce,
            name: "Written to the session",
            description: "What Casebridge writes to the external key of a session to link it to its case. Both forms are understood when a session is read.",
            policy: true,
        }
        ORG_CASE_FIELD_FOR_EXTERNAL_KEY: Optional<FieldName> = "org.case_field_map.external_key" {
            default: None,
            category: Salesforce,
            name: "Case field for the external key",
            description: "The API name of the case field in which Casebridge looks for the external key of a session. Leave empty to find the case by its ID or number.",
            policy: true,
        }
        ORG_USERNAME_SOURCE: OneOf<UsernameFrom> = "org.username_source" {
            default: UsernameFrom::UserField,
            category: Salesforce,
            name: "BeyondTrust user name",
            description: "How Casebridge finds the user name that the signed-in Salesforce user has on the appliance. While a field of the user is empty, their Salesforce user name before the @ and their Federation ID are tried.",
            policy: true,
        }
        ORG_USERNAME_FIELD: FieldName = "org.username_field" {
            default: value::FieldName::built_in("BeyondTrust_Username__c"),
            category: Salesforce,
            name: "Field of the Salesforce user",
            description: "The API name of the user field that holds the BeyondTrust user name, when it comes from a field.",
            policy: true,
        }
        ORG_RECORD_SESSION_KEYS: Switch = "org.record_session_keys" {
            default: true,
            category: Salesforce,
            name: "Save session keys on the case",
            description: "Save a session key as a record of its case once the representative copies, sends or shows it. Only its owner sees the record, and it is deleted a day after the key expires.",
            policy: true,
        }
        ORG_ERROR_LOG: Switch = "org.error_log" {
            default: true,
            category: Salesforce,
            name: "Log failures in Salesforce",
            description: "Write what could not be done, and what to do about it, to the Casebridge log in your org, for its administrators. The log has no text of customers and keeps 30 days.",
            policy: true,
        }
        ORG_ASSET_HOST_FIELD: Optional<FieldName> = "org.asset_host_field" {
            default: None,
            category: Salesforce,
            name: "Asset field with the host name",
            description: "The API name of the asset field that holds a host name. The Jump window then suggests the computer of the case's asset.",
            policy: true,
        }
        ORG_CONTACT_HOST_FIELD: Optional<FieldName> = "org.contact_host_field" {
            default: None,
            category: Salesforce,
            name: "Contact field with the host name",
            description: "The API name of the contact field that holds a host name. The Jump window then suggests the computer of the case's contact.",
            policy: true,
        }
        REP_CONSOLE_PATH: Optional<File> = "rep_console.path" {
            default: None,
            category: Console,
            name: "Program",
            description: "The full path of the representative console. Leave empty to use the one that is installed for the site.",
            policy: true,
        }
        REP_CONSOLE_SITE_NAME: Optional<Text> = "rep_console.site_name" {
            default: None,
            category: Console,
            name: "Site name",
            description: "The site name at the end of the names of script files, after .brcs-.",
            policy: true,
        }
        REP_CONSOLE_WEB_ACTIONS: OneOf<WebActions> = "rep_console.web_actions" {
            default: WebActions::All,
            category: Console,
            name: "Web console",
            description: "What Casebridge offers in the web console. Its documentation names the search for Jump Items only; the version of the appliance may not support the rest.",
            policy: true,
        }
        JUMP_PATIENCE: Seconds<5, 600> = "jump.patience" {
            default: value::Seconds(60),
            category: Jumps,
            name: "Time to wait for a jump",
            description: "How long Casebridge waits for the session after a jump was started.",
            policy: true,
        }
        KEY_DEFAULT_KIND: OneOf<KeyKind> = "key.default_kind" {
            default: KeyKind::Server,
            category: Keys,
            name: "Keys are created by",
            description: "Where a session key is created, unless the link says otherwise.",
            policy: true,
        }
        KEY_TTL: Seconds<60, 604_800> = "key.ttl" {
            default: value::Seconds(3600),
            category: Keys,
            name: "Keys expire after",
            description: "How long a new session key can be used.",
            policy: true,
        }
        EMAIL_TEMPLATE: Optional<Lines> = "email.template" {
            default: None,
            category: Email,
            name: "E-mail template",
            description: "The text of the e-mail with the session key. {key}, {url}, {case_number}, {case_subject} and {contact} are replaced; a first line “Subject: …” is the subject. Leave empty to use the text of the appliance.",
            policy: true,
        }
        SESSIONS_LOOK_BACK: Seconds<3600, 259_200> = "sessions.look_back" {
            default: value::Seconds(43_200),
            category: Sessions,
            name: "How far to look back",
            description: "How long ago a running session can have started. Sessions that started earlier are not shown.",
            policy: true,
        }
        SESSIONS_CATCH_UP: Seconds<3600, 2_592_000> = "sessions.catch_up" {
            default: value::Seconds(2_592_000),
            category: Sessions,
            name: "How far to look for missed sessions",
            description: "How far Casebridge goes back to find sessions that ended while it was not running.",
            policy: true,
        }
        TAG_OFFER: Switch = "tag.offer" {
            default: true,
            category: Sessions,
            name: "Suggest a case for sessions without one",
            description: "Show a notification when a session starts without a case, and suggest the case for it.",
            policy: true,
        }
        IMPORT_ENABLED: Switch = "import.enabled" {
            default: true,
            category: Import,
            name: "Import finished sessions",
            description: "Write finished sessions to their cases automatically. If this is off, only casebridgectl imports sessions, and those that end meanwhile are not imported later.",
            policy: true,
        }
        IMPORT_SURVEY_PATIENCE: Seconds<0, 2_592_000> = "import.survey_patience" {
            default: value::Seconds(604_800),
            category: Import,
            name: "Time to wait for surveys",
            description: "How long Casebridge looks for surveys that are submitted after the end of a session.",
            policy: true,
        }
        POLL_INTERVAL: Seconds<1, 600> = "poll.interval" {
            default: value::Seconds(10),
            category: Sessions,
            name: "Time between checks",
            description: "How long Casebridge waits between two requests for the running sessions.",
            policy: true,
        }
        UI_LANGUAGE: OneOf<Language> = "ui.language" {
            default: Language::English,
            category: Computer,
            name: "Language",
            description: "The language of the windows. This version has English only.",
            policy: true,
        }
        UI_AUTOSTART: Switch = "ui.autostart" {
            default: true,
            category: Computer,
            name: "Start when you log in",
            description: "Start Casebridge when the user logs in to this computer.",
            policy: true,
        }
        UI_JUMP_SHORTCUT: Optional<Text> = "ui.jump_shortcut" {
            default: None,
            category: Computer,
            name: "Shortcut for a jump",
            description: "The keyboard shortcut that opens the Jump window, such as Ctrl+Shift+J. Leave empty for none.",
            policy: true,
        }
        UPDATES_ENABLED: Switch = "updates.enabled" {
            default: true,
            category: Computer,
            name: "Look for updates",
            description: "Look for new versions of Casebridge. This version does not look for any yet.",
            policy: true,
        }
        NETWORK_PROXY: Optional<Web> = "network.proxy" {
            default: None,
            category: Network,
            name: "Proxy",
            description: "The URL of the proxy for all connections. Leave empty to use the proxy of the operating system.",
            policy: true,
        }
        LOG_LEVEL: OneOf<LogLevel> = "log.level" {
            default: LogLevel::Info,
            category: Diagnostics,
            name: "Log detail",
            description: "How much Casebridge writes to its log.",
            policy: true,
        }
    }
}

/// Every scope with its settings; the order is that in which problems are reported.
pub(super) static SCOPES: [(Scope, &[&Declaration]); 3] = [
    (Scope::PerAppliance, appliance_setting::ALL),
    (Scope::PerTransition, transition_setting::ALL),
    (Scope::Single, setting::ALL),
];

/// Every setting that there is.
pub fn declarations() -> impl Iterator<Item = &'static Declaration> {
    SCOPES.iter().flat_map(|(_, all)| all.iter().copied())
}

/// Finds the setting of a dotted key, as it stands in a file or a policy.
pub fn find(key: &str) -> Option<&'static Declaration> {
    declarations().find(|declaration| declaration.has_key(key))
}
