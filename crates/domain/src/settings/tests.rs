//! Tests of the table and of the layers.

use super::*;
use crate::report::{EVENT_TYPE_GROUPS, EVENT_TYPES, EventTypeGroup, SurveyKind};
use std::collections::BTreeSet;

const FILE: &str = r#"
version = 1
[appliance.Default]
hostname = "support.example.test:8443"
client_id = "abc"
portals = ["help.example.test", "vip.example.test"]
[org]
login_url = "https://acme.my.salesforce.com"
redirect_ports = [20001, 20002]
[key]
ttl = 600
"#;

fn layer(text: &str) -> Layer {
    parse_layer(text).unwrap().0
}

#[test]
fn a_file_is_read_and_written_back_unchanged() {
    let (first, problems) = parse_layer(FILE).unwrap();
    assert_eq!(problems, []);
    let all: Vec<_> = first.clone().into_iter().collect();
    assert_eq!(layer(&change("", &all).unwrap()), first);
    let settings = resolve(&Layer::new(), &first);
    assert_eq!(
        settings.get(&setting::ORG_REDIRECT_PORTS).iter().collect::<Vec<_>>(),
        [20001, 20002]
    );
    assert_eq!(settings.appliance("Default").unwrap().portals.len(), 2);
    assert_eq!(settings.appliances(), ["Default"]);
}

#[test]
fn a_change_keeps_what_it_does_not_name() {
    let old = "version = 1\n[org]\nclient_id = \"a\"\n[org.case_field_map]\nexternal_key = \"Y__c\"\n[later]\nz = 1\n";
    let changes = [("org.client_id".to_owned(), String::new()), ("key.ttl".into(), "600".into())];
    let new = change(old, &changes).unwrap();
    assert!(new.contains("Y__c") && new.contains("[later]") && !new.contains("client_id"), "{new}");
    assert_eq!(layer(&new).get("key.ttl").map(String::as_str), Some("600"));
    assert!(change("version = 9", &changes).is_err());
    assert!(change("[org", &changes).is_err());
}

#[test]
fn policy_beats_user_beats_default() {
    let settings =
        resolve(&layer("[key]\nttl = 900"), &layer("[key]\nttl = 600\n[poll]\ninterval = 15"));
    let of = |key: &str| settings.value(key).map(|v| (v.value.clone(), v.origin)).unwrap();
    assert_eq!(of("key.ttl"), ("900".into(), Origin::Policy));
    assert_eq!(of("poll.interval"), ("15".into(), Origin::User));
    assert_eq!(of("log.level"), ("info".into(), Origin::Default));
}

#[test]
fn a_broken_policy_value_locks_the_default() {
    let settings = resolve(&layer("[key]\nttl = 1"), &layer("[key]\nttl = 600"));
    let value = settings.value("key.ttl").unwrap();
    assert_eq!((value.value.as_str(), value.origin), ("3600", Origin::Policy));
    assert_eq!(settings.problems.len(), 1);
}

#[test]
fn rules_of_transitions_are_read_by_name() {
    let file = "[transition.solved]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"Closed\"\n\
                [transition.up]\nsurvey = \"Customer\"\nquestion = \"ok\"\nanswer = \"No\"\nowner = \"Tier_2\"\nposition = 5\n";
    let (layer, problems) = parse_layer(file).unwrap();
    assert_eq!(problems, []);
    let rules = resolve(&Layer::new(), &layer).transitions();
    let of: Vec<_> = rules.iter().map(|r| (r.name.as_str(), r.survey, r.position)).collect();
    assert_eq!(of, [("solved", SurveyKind::Representative, 100), ("up", SurveyKind::Customer, 5)]);
    assert_eq!(rules[0].case_status.as_deref(), Some("Closed"));
    assert_eq!(rules[1].case_status, None);
}

#[test]
fn a_newer_or_broken_file_and_unknown_keys_are_reported() {
    assert!(parse_layer("version = 2").is_err());
    assert!(parse_layer("[org").is_err());
    assert_eq!(parse_layer("[org]\nlogin = 1").unwrap().1[0].key, "org.login");
}

#[test]
fn the_callbacks_of_the_sign_in_app_are_those_that_are_tried() {
    let template =
        include_str!("../../../../salesforce/templates/Casebridge_glbloauth.ecaGlblOauth-meta.xml");
    let ports: Vec<u16> = Settings::default().get(&setting::ORG_REDIRECT_PORTS).iter().collect();
    assert_eq!(template.matches("http://localhost:").count(), ports.len());
    for port in ports {
        assert!(template.contains(&format!("http://localhost:{port}/OauthRedirect")), "{port}");
    }
}

/// What `casebridgectl policy show` prints where nobody set anything; whoever reads it by program
/// relies on each line.
const DEFAULTS: &str = "\
appliance.Default.ca_file=
appliance.Default.client_id=
appliance.Default.event_types=
appliance.Default.external_recording_base_url=
appliance.Default.hostname=
appliance.Default.import_all_sessions=false
appliance.Default.import_portals=
appliance.Default.portals=
appliance.Default.use_rep_console_for_session_keys=false
email.template=
import.enabled=true
import.survey_patience=604800
jump.patience=60
key.default_kind=server
key.ttl=3600
log.level=info
network.proxy=
org.asset_host_field=
org.ca_file=
org.case_field_map.external_key=
org.client_id=
org.contact_host_field=
org.error_log=true
org.external_key_writes=case_id
org.login_suffixes=
org.login_url=
org.record_session_keys=true
org.redirect_ports=17171-17190
org.username_field=BeyondTrust_Username__c
org.username_source=user_field
poll.interval=10
rep_console.path=
rep_console.site_name=
rep_console.web_actions=all
sessions.catch_up=2592000
sessions.look_back=43200
tag.offer=true
ui.autostart=true
ui.jump_shortcut=
ui.language=en
updates.enabled=true
";

#[test]
fn the_keys_and_defaults_are_those_that_programs_rely_on() {
    let settings = resolve(&Layer::new(), &Layer::new());
    let lines: Vec<String> = settings.all().map(|v| format!("{}={}", v.key, v.value)).collect();
    assert_eq!(lines.join("\n"), DEFAULTS.trim_end());
}

#[test]
fn every_declaration_has_texts_for_people_and_a_key_of_its_own() {
    let keys: Vec<String> = declarations().map(|one| one.key_of("Name")).collect();
    let distinct: BTreeSet<&String> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
    for (one, key) in declarations().zip(&keys) {
        assert_eq!(find(key), Some(one), "{key}");
        assert!(!one.name.is_empty() && !one.name.ends_with('.'), "{key}: {}", one.name);
        assert!(one.description.ends_with('.'), "{key}: {}", one.description);
        assert!(one.description.len() > one.name.len(), "{key}: {}", one.description);
    }
}

#[test]
fn every_default_passes_its_own_check() {
    for one in declarations() {
        let default = one.default();
        assert_eq!(one.check(&default), Ok(default), "{}", one.key);
    }
}

#[test]
fn names_of_settings_differ_within_a_category() {
    let all: Vec<_> = declarations().map(|one| (one.category, one.name)).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn what_a_client_is_made_of_has_a_category_of_its_own() {
    for one in declarations() {
        let key = one.key_of("Name");
        for (category, prefix) in [
            (Category::Appliance, "appliance."),
            (Category::Salesforce, "org."),
            (Category::Network, "network."),
        ] {
            assert_eq!(one.category == category, key.starts_with(prefix), "{key}");
        }
    }
}

#[test]
fn the_keys_that_the_design_names_exist() {
    let of_appliances = [
        "hostname",
        "client_id",
        "ca_file",
        "portals",
        "import_all_sessions",
        "event_types",
        "external_recording_base_url",
        "use_rep_console_for_session_keys",
    ];
    for field in of_appliances {
        assert!(find(&format!("appliance.Default.{field}")).is_some(), "{field}");
    }
    assert!(super::file::RESERVED.contains(&"outbound_event_token"));
    let others = [
        "org.login_url",
        "org.client_id",
        "org.ca_file",
        "org.redirect_ports",
        "org.external_key_writes",
        "org.username_source",
        "org.username_field",
        "org.case_field_map.external_key",
        "rep_console.path",
        "rep_console.site_name",
        "key.default_kind",
        "key.ttl",
        "email.template",
        "poll.interval",
        "ui.language",
        "ui.autostart",
        "updates.enabled",
        "network.proxy",
        "log.level",
    ];
    for key in others {
        assert!(find(key).is_some(), "{key}");
    }
}

#[test]
fn a_setting_of_an_appliance_needs_a_name_that_links_can_hold() {
    for bad in ["appliance..hostname", "appliance.a b.hostname", "appliance.hostname", "hostname"] {
        assert_eq!(find(bad), None, "{bad}");
    }
    assert_eq!(appliance_setting::HOSTNAME.key_of("Second"), "appliance.Second.hostname");
}

#[test]
fn a_value_is_checked_and_kept_as_its_form_says() {
    use appliance_setting as its;
    let cases = [
        (
            its::HOSTNAME.declaration(),
            " HTTPS://support.example.test/ ",
            Ok("support.example.test"),
        ),
        (its::HOSTNAME.declaration(), "a b", Err("Enter the host name")),
        (its::IMPORT_PORTALS.declaration(), "a, b,,c", Ok("a,b,c")),
        (
            its::PORTALS.declaration(),
            "default, HR = hr.example.test,,vip.example.test",
            Ok("default,HR = hr.example.test,vip.example.test"),
        ),
        (
            its::PORTALS.declaration(),
            "Default, HR",
            Err("“HR” is the name of a portal. Enter it with its host name: HR="),
        ),
        (its::PORTALS.declaration(), "HR=a b", Err("“a b” is not a host name")),
        (its::PORTALS.declaration(), "=a.example", Err("“=a.example” has no name")),
        (its::IMPORT_ALL_SESSIONS.declaration(), "yes", Err("It must be true or false.")),
        (setting::ORG_LOGIN_URL.declaration(), "https://a.example", Ok("https://a.example")),
        (
            setting::ORG_LOGIN_URL.declaration(),
            "https://u:p@a.example",
            Err("Enter a whole address"),
        ),
        (setting::ORG_REDIRECT_PORTS.declaration(), "2000, 3000-3010", Ok("2000,3000-3010")),
        (setting::ORG_REDIRECT_PORTS.declaration(), "80", Err("Enter port numbers from 1024")),
        (
            setting::ORG_REDIRECT_PORTS.declaration(),
            "2000-2100",
            Err("Enter port numbers from 1024"),
        ),
        (setting::ORG_USERNAME_FIELD.declaration(), "a.b", Err("Enter the API name of a field")),
        (setting::KEY_TTL.declaration(), "59", Err("Enter a number of seconds from 60 to 604800.")),
        (setting::KEY_TTL.declaration(), "", Ok("3600")),
        (
            setting::KEY_DEFAULT_KIND.declaration(),
            "x",
            Err("It must be one of: server, console, web."),
        ),
        (setting::REP_CONSOLE_PATH.declaration(), "a\nb", Err("It must be one line of text.")),
        (setting::EMAIL_TEMPLATE.declaration(), "a\nb", Ok("a\nb")),
        (setting::EMAIL_TEMPLATE.declaration(), "a\u{7}b", Err("It must be plain text.")),
    ];
    for (declaration, text, expected) in cases {
        let found = declaration.check(text);
        match expected {
            Ok(kept) => assert_eq!(found.as_deref(), Ok(kept), "{text}"),
            Err(begins) => {
                assert!(found.as_ref().is_err_and(|e| e.starts_with(begins)), "{found:?}")
            }
        }
    }
}

#[test]
fn values_have_their_types() {
    let file = "[appliance.Default]\nhostname = \"a.example.test\"\nca_file = \"/etc/ca.pem\"\n\
                [org]\nlogin_url = \"https://b.example\"\nusername_source = \"os_user\"\n\
                [key]\nttl = 600\n[tag]\noffer = false\n";
    let settings = resolve(&Layer::new(), &layer(file));
    assert_eq!(settings.get(&setting::KEY_TTL).count(), 600);
    assert!(!settings.get(&setting::TAG_OFFER));
    assert_eq!(settings.get(&setting::ORG_USERNAME_SOURCE), UsernameFrom::OsUser);
    let login = settings.get(&setting::ORG_LOGIN_URL).unwrap();
    assert_eq!((login.as_str(), login.url().scheme()), ("https://b.example", "https"));
    assert_eq!(settings.get(&setting::NETWORK_PROXY), None);
    let appliance = settings.appliance("Default").unwrap();
    assert_eq!(appliance.ca_file.as_deref(), Some(std::path::Path::new("/etc/ca.pem")));
    assert_eq!(settings.entry(&setting::KEY_TTL).unwrap().origin, Origin::User);
    let host = settings.entry_of("Default", &appliance_setting::HOSTNAME).unwrap();
    assert_eq!(host.value, "a.example.test");
}

#[test]
fn row_06_portals_have_the_names_of_reports_and_are_found_by_name_or_host() {
    let file = "[appliance.Default]\nhostname = \"a.example.test\"\n\
                portals = [\"default\", \"HR=hr.example.test\", \"vip.example.test\"]\n\
                import_portals = [\"hr.example.test\", \"Field\"]\n";
    let settings = resolve(&Layer::new(), &layer(file)).appliance("Default").unwrap();
    let names: Vec<&str> = settings.portals.iter().map(|portal| portal.name.as_str()).collect();
    assert_eq!(names, ["Default", "HR", "vip.example.test"]);
    let host = |text| settings.portal(text).map(|portal| portal.host.as_deref());
    assert_eq!(host("hr"), Some(Some("hr.example.test")));
    assert_eq!(host("HR.example.test"), Some(Some("hr.example.test")));
    assert_eq!((host("Default"), host("other")), (Some(None), None));
    let imported = ["HR", "hr", "Field", "Default"].map(|site| settings.imports_portal(site));
    assert_eq!(imported, [true, true, true, false]);
}

#[test]
fn row_30_the_lsid_is_a_parameter_of_the_recordings_address() {
    for (base, expected) in [
        ("https://r.example", "https://r.example/?lsid=abc"),
        ("https://r.example/play", "https://r.example/play?lsid=abc"),
        ("https://r.example/play?", "https://r.example/play?lsid=abc"),
        ("https://r.example/play?kind=a%20b", "https://r.example/play?kind=a%20b&lsid=abc"),
        ("https://r.example/?lsid=", "https://r.example/?lsid=abc"),
        ("https://r.example/?LSID=[lsid]&x#top", "https://r.example/?LSID=abc&x#top"),
    ] {
        let base: Address = base.parse().unwrap();
        assert_eq!(base.with_parameter("lsid", "abc").as_str(), expected);
    }
}

#[test]
fn without_a_layer_each_setting_has_its_default() {
    let none = Settings::default();
    assert_eq!(none.get(&setting::KEY_DEFAULT_KIND), KeyKind::Server);
    assert_eq!(none.get(&setting::POLL_INTERVAL).count(), 10);
    assert_eq!(none.get(&setting::ORG_USERNAME_FIELD).as_str(), "BeyondTrust_Username__c");
    assert_eq!(none.appliance("Default"), None);
}

#[test]
fn what_a_policy_may_not_set_is_left_to_the_user_and_reported() {
    let own = Declaration { policy: false, ..*setting::KEY_TTL.declaration() };
    let of = |ttl: &str| Layer::from([("key.ttl".to_owned(), ttl.to_owned())]);
    let mut problems = Vec::new();
    let decided = layers::decide("key.ttl", &own, &of("900"), &of("600"), &mut problems);
    assert_eq!(decided, ("600".to_owned(), Origin::User));
    assert_eq!(problems[0].reason, "A policy cannot set it.");
}

#[test]
fn a_list_of_settings_can_be_a_constant() {
    const KEYS: [&str; 2] = [setting::KEY_TTL.key(), setting::TAG_OFFER.key()];
    assert_eq!(KEYS, ["key.ttl", "tag.offer"]);
}

#[test]
fn row_27_the_event_types_are_those_that_are_deployed_with_their_groups() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../salesforce/force-app/main/default/customMetadata"
    );
    let value = |text: &str, field: &str| {
        let (_, rest) = text.split_once(&format!("<field>{field}</field>")).unwrap();
        let (_, rest) = rest.split_once("\">").unwrap();
        rest.split_once("</value>").unwrap().0.to_owned()
    };
    let mut deployed = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("Support_Session_Event_Type.") {
            let text = std::fs::read_to_string(&path).unwrap();
            deployed.insert((value(&text, "Group__c"), value(&text, "Event_Type__c")));
        }
    }
    let of_group = |group: &EventTypeGroup| -> Vec<(String, String)> {
        group.types.iter().map(|one| (group.name.to_owned(), (*one).to_owned())).collect()
    };
    let known: BTreeSet<_> = EVENT_TYPE_GROUPS.iter().flat_map(of_group).collect();
    assert_eq!(known, deployed);
    assert_eq!(EVENT_TYPES.len(), 53);
}

#[test]
fn every_setting_is_on_a_page_of_the_window() {
    for one in declarations() {
        assert!(Page::ALL.contains(&one.category.page()), "{}", one.key);
    }
    for page in Page::ALL {
        assert!(declarations().any(|one| one.category.page() == page), "{}", page.name());
    }
}

#[test]
fn a_name_whose_last_value_is_taken_out_leaves_no_table_behind() {
    let old = "version = 1\n[appliance.HR]\nhostname = \"a.example\"\n[later]\nz = 1\n";
    let new = change(old, &[("appliance.HR.hostname".to_owned(), String::new())]).unwrap();
    assert!(!new.contains("appliance") && new.contains("[later]"), "{new}");
}
