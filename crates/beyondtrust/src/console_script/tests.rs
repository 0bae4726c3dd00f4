//! The script of each action, and S5 for any input.

use super::*;
use casebridge_domain::jump::{JumpField, JumpForm, JumpMethod};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use std::path::Path;

const KEY: &str = "500D0000001AbcdIAC";

fn script(method: JumpMethod, values: &[(JumpField, &str)]) -> ConsoleScript {
    let form = JumpForm::new(method);
    let form = values.iter().fold(form, |form, (field, text)| form.with(*field, Some(text)));
    ConsoleScript::new(&ConsoleAction::Jump(form.read().unwrap()), Some(KEY), &[]).unwrap()
}

#[test]
fn each_action_has_its_parameters() {
    use JumpField as F;
    let on = [(F::Target, "PC-1"), (F::Jumpoint, "Branch 7")];
    let with = |more: &[(F, &'static str)]| [&on[..], more].concat();
    for (script, line) in [
        (
            script(
                JumpMethod::Item,
                &[
                    (F::Search, "till"),
                    (F::Comments, "c"),
                    (F::Hostname, "h"),
                    (F::PrivateIp, "10.0.0.1"),
                    (F::PublicIp, "198.51.100.1"),
                    (F::Tag, "t"),
                    (F::ItemMethod, "pinned"),
                    (F::CredentialId, "7"),
                ],
            ),
            "action=start_jump_item_session&search_string=till&client.comments=c\
             &client.hostname=h&client.private_ip=10.0.0.1&client.public_ip=198.51.100.1\
             &client.tag=t&jump.method=pinned&credential_id=7",
        ),
        (
            script(JumpMethod::PushLocal, &[(F::Target, "PC-1")]),
            "action=push_and_start_local&hostname=PC-1",
        ),
        (
            script(JumpMethod::PushRemote, &on),
            "action=push_and_start_remote&target=PC-1&jumpoint=Branch%207",
        ),
        (
            script(
                JumpMethod::Rdp,
                &with(&[
                    (F::Username, "EXAMPLE\\ada"),
                    (F::DisplaySize, "1280x800"),
                    (F::Quality, "low"),
                    (F::Console, "yes"),
                ]),
            ),
            "action=start_rdp_session&target=PC-1&jumpoint=Branch%207&username=EXAMPLE%5Cada\
             &display_size=1280x800&quality=low&console=yes",
        ),
        (script(JumpMethod::Vnc, &on), "action=start_vnc_session&target=PC-1&jumpoint=Branch%207"),
        (
            script(
                JumpMethod::Shell,
                &with(&[
                    (F::Username, "root"),
                    (F::Protocol, "telnet"),
                    (F::Port, "2323"),
                    (F::Terminal, "vt100"),
                ]),
            ),
            "action=start_shell_jump_session&target=PC-1&jumpoint=Branch%207&username=root\
             &protocol=telnet&port=2323&terminal=vt100",
        ),
        (
            script(JumpMethod::Vpro, &on),
            "action=start_vpro_session&target=PC-1&jumpoint=Branch%207",
        ),
    ] {
        let line = format!("{line}&session.custom.external_key={KEY}");
        assert_eq!(script.line(), line);
        assert_eq!(script.file(), format!("BRCS1.0\n{line}\n"));
    }
}

#[test]
fn the_key_dialog_takes_a_portal_and_custom_fields() {
    let portal = Some("help.example.com".parse().unwrap());
    let custom = [("site_code".to_owned(), "B 1".to_owned())];
    let action = ConsoleAction::GenerateSessionKey { portal };
    let script = ConsoleScript::new(&action, None, &custom).unwrap();
    assert_eq!(
        script.line(),
        "action=generate_session_key&public_portal_hostname=help.example.com\
         &session.custom.site_code=B%201"
    );
    let action = ConsoleAction::GenerateSessionKey { portal: None };
    assert_eq!(
        ConsoleScript::new(&action, None, &[]).unwrap().line(),
        "action=generate_session_key"
    );
}

#[test]
fn the_page_of_the_appliance_has_the_same_pairs() {
    let site = Url::parse("https://support.example.com:8443/").unwrap();
    let script = script(JumpMethod::Item, &[(JumpField::Search, "a b&c")]);
    let page = |console| script.page(&site, console).to_string();
    assert_eq!(
        page(Console::Desktop),
        format!(
            "https://support.example.com:8443/api/client_script?type=rep&operation=generate&{}",
            script.line()
        )
    );
    assert!(page(Console::Web).contains("?type=web_console&operation=execute&action=start_jump"));
    assert!(script.is_documented_for_web());
}

#[test]
fn s5_custom_fields_with_control_characters_are_refused() {
    let action = ConsoleAction::GenerateSessionKey { portal: None };
    for text in ["a\nb", "a\rb", "a\0b", "\u{7f}", "a\u{85}b"] {
        assert!(ConsoleScript::new(&action, Some(text), &[]).is_err(), "{text:?}");
        let custom = [("code".to_owned(), text.to_owned())];
        assert!(ConsoleScript::new(&action, None, &custom).is_err(), "{text:?}");
    }
    assert!(ConsoleScript::new(&action, Some(&"k".repeat(1025)), &[]).is_err());
}

/// An independent implementation of the console's grammar.
fn decode(line: &str) -> Vec<(String, String)> {
    let text = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    line.split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (text(name), text(value))
        })
        .collect()
}

/// Checks S5 for one input: it is refused, or results in one command that decodes to the same
/// pairs.
fn holds(method: JumpMethod, values: &[(JumpField, String)], external_key: &str) {
    let form = JumpForm { method, values: values.iter().cloned().collect() };
    let Ok(jump) = form.read() else { return };
    let Ok(script) = ConsoleScript::new(&ConsoleAction::Jump(jump), Some(external_key), &[]) else {
        return;
    };
    let file = script.file();
    let lines: Vec<&str> = file.split(['\n', '\r']).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 2, "{file:?}");
    assert_eq!(lines[0], VERSION_LINE);
    let line = lines[1];
    assert!(line.bytes().all(|b| b.is_ascii_graphic()), "{line:?}");
    let pairs = decode(line);
    assert_eq!(pairs[0], ("action".to_owned(), script.action().to_owned()));
    assert_eq!(&pairs[1..], script.parameters());
    assert!(!line.to_ascii_lowercase().contains("action=login"), "{line:?}");
    let typed: Vec<&str> = form.values.values().map(|text| text.trim()).collect();
    for (name, value) in &pairs[1..] {
        let is_key = name == "session.custom.external_key" && value == external_key;
        assert!(is_key || typed.contains(&value.as_str()), "{name} = {value:?}");
    }
}

fn any_field() -> impl Strategy<Value = JumpField> {
    prop::sample::select(JumpField::ALL)
}

proptest! {
    #[test]
    fn s5_any_input_gives_one_command_that_decodes_to_the_same_pairs(
        method in prop::sample::select(JumpMethod::ALL),
        target in "\\PC{1,40}|.{1,40}|[&=%\\r\\n a-z\"']{1,40}",
        values in prop::collection::vec((any_field(), "\\PC{0,60}|.{0,60}"), 0..5),
        key in "\\PC{0,60}|.{0,60}",
    ) {
        let needed = method.aim();
        let mut values = values;
        values.retain(|(field, _)| method.fields().contains(field));
        values.push((needed, target));
        holds(method, &values, &key);
    }
}

/// Inputs that a fuzzer found, as lines `field=text` after a line with the method.
#[test]
fn s5_the_saved_corpus_holds() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus/console_script");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let mut parts = text.split('\u{1f}');
        let method = parts.next().unwrap_or_default().parse().unwrap_or(JumpMethod::PushLocal);
        let key = parts.next().unwrap_or_default().to_owned();
        let values: Vec<_> = parts
            .filter_map(|part| part.split_once('='))
            .filter_map(|(field, text)| Some((field.parse().ok()?, text.to_owned())))
            .collect();
        holds(method, &values, &key);
        count += 1;
    }
    assert!(count >= 8, "{count} inputs");
}
