//! S5: any input is refused, or gives a script with one command that decodes to the same pairs.
//!
//! An input is a method, an external key and `field=text` parts, separated by the unit separator.

#![no_main]

use casebridge_beyondtrust::ConsoleScript;
use casebridge_domain::jump::{ConsoleAction, JumpForm, JumpMethod};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;

fuzz_target!(|text: &str| {
    let mut parts = text.split('\u{1f}');
    let method = parts.next().and_then(|word| word.parse().ok()).unwrap_or(JumpMethod::PushLocal);
    let external_key = parts.next().unwrap_or_default();
    let values = parts
        .filter_map(|part| part.split_once('='))
        .filter_map(|(field, text)| Some((field.parse().ok()?, text.to_owned())))
        .collect();
    let Ok(jump) = (JumpForm { method, values }).read() else { return };
    let Ok(script) = ConsoleScript::new(&ConsoleAction::Jump(jump), Some(external_key), &[]) else {
        return;
    };
    let line = script.line();
    assert!(line.bytes().all(|byte| byte.is_ascii_graphic()));
    assert_eq!(script.file(), format!("BRCS1.0\n{line}\n"));
    let text = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pairs: Vec<(String, String)> = line
        .split('&')
        .skip(1)
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (text(name), text(value)))
        .collect();
    assert_eq!(pairs, script.parameters());
});
