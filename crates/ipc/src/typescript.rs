//! The TypeScript side of commands, events and views, written by `cargo xtask codegen`.

use crate::commands::{COMMANDS, Copied, Event};
use crate::views::*;
use ts_rs::{Config, TS};

/// The whole text of `ui/src/ipc/generated/ipc.ts`.
pub fn typescript() -> String {
    let mut text = String::from(
        "// Written by `cargo xtask codegen` from crates/ipc; changes here are overwritten.\n",
    );
    for declaration in declarations() {
        text += "\nexport ";
        text += &declaration;
        text += "\n";
    }
    text += "\n/** Each command with the form it takes and the answer it gives. */\n";
    text += "export interface Commands {\n";
    for command in COMMANDS {
        let (form, answer) = ((command.form)(), command.answer);
        text += &format!("  {}: {{ form: {form}; answer: {answer} }}\n", command.name);
    }
    text += "}\n\n/** The events; each carries the whole view of its window. */\n";
    text += "export interface Events {\n";
    for event in Event::ALL {
        text += &format!("  '{}': {}\n", event.name(), event.view());
    }
    text + "}\n"
}

fn declarations() -> Vec<String> {
    fn of<T: TS>() -> String {
        T::decl(&Config::default())
    }
    vec![
        of::<FailureView>(),
        of::<CaseHeaderView>(),
        of::<QrView>(),
        of::<KeyView>(),
        of::<KeyKindView>(),
        of::<DialogView>(),
        of::<KeyStateView>(),
        of::<RoleView>(),
        of::<RecipientView>(),
        of::<EmailStateView>(),
        of::<EmailView>(),
        of::<WatchView>(),
        of::<WaitingCaseView>(),
        of::<Stage>(),
        of::<CaseView>(),
        of::<ConsoleView>(),
        of::<JumpFormView>(),
        of::<JumpFieldView>(),
        of::<JumpMethodView>(),
        of::<JumpEntryView>(),
        of::<HostSourceView>(),
        of::<CaseHostView>(),
        of::<JumpStateView>(),
        of::<JumpView>(),
        of::<DoubtView>(),
        of::<TagStateView>(),
        of::<TagSessionView>(),
        of::<UndoView>(),
        of::<TagView>(),
        of::<ActivityKindView>(),
        of::<ActivityStateView>(),
        of::<SupportPartView>(),
        of::<SupportFileView>(),
        of::<SupportView>(),
        of::<ActivityEntryView>(),
        of::<ActivityView>(),
        of::<Step>(),
        of::<OriginView>(),
        of::<FieldView>(),
        of::<ApplianceSettingsView>(),
        of::<SignInView>(),
        of::<OrgSettingsView>(),
        of::<PreferencesView>(),
        of::<CheckStatusView>(),
        of::<CheckView>(),
        of::<SettingsView>(),
        of::<TrayState>(),
        of::<MenuItemView>(),
        of::<MenuView>(),
        of::<Copied>(),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_type_that_is_used_is_declared() {
        let text = super::typescript();
        let is_type = |word: &&str| {
            word.ends_with("View") || ["Stage", "Step", "TrayState", "CopyWhat"].contains(word)
        };
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_type) {
            let declared = [format!("export type {word} "), format!("export interface {word} ")];
            assert!(declared.iter().any(|d| text.contains(d)), "{word}");
        }
    }
}
