//! The TypeScript side of commands, events and views, written by `cargo xtask codegen`.

use crate::command::all_commands;
use crate::window::Window;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// The whole text of `ui/src/ipc/generated/ipc.ts`.
pub fn typescript() -> String {
    let mut declarations = Declarations::default();
    for window in Window::ALL {
        window.declare_view(&mut declarations);
    }
    for command in all_commands() {
        (command.visit)(&mut declarations);
    }
    let mut text = String::from(
        "// Written by `cargo xtask codegen` from crates/ipc; changes here are overwritten.\n",
    );
    for declaration in declarations.0.values() {
        text += &format!("\nexport {declaration}\n");
    }
    text += "\n/** Each command with the form it takes and the answer it gives. */\n";
    text += "export interface Commands {\n";
    for command in all_commands() {
        let (form, answer) = ((command.form)(), command.answer);
        text += &format!("  {}: {{ form: {form}; answer: {answer} }}\n", command.name);
    }
    text += "}\n\n/** The events; each carries the whole view of its window. */\n";
    text += "export interface Events {\n";
    for window in Window::ALL {
        text += &format!("  '{}': {}\n", window.event(), window.view_name());
    }
    text + "}\n"
}

/// The declarations of types and of all that they are made of, by their names: the order in which a type
/// names others is not the same in each build.
#[derive(Default)]
pub(crate) struct Declarations(BTreeMap<String, String>);

impl Declarations {
    pub(crate) fn declare<T: TS + 'static + ?Sized>(&mut self) {
        // A list or an option is nothing by itself.
        T::visit_generics(self);
        let config = Config::default();
        let name = T::ident(&config);
        if T::output_path().is_none() || self.0.contains_key(&name) {
            return;
        }
        self.0.insert(name, T::decl(&config));
        T::visit_dependencies(self);
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.declare::<T>();
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_type_that_is_used_is_declared() {
        let text = super::typescript();
        let others = ["Stage", "Step", "TrayState", "CopyWhat", "SettingsPage"];
        let is_type = |word: &&str| word.ends_with("View") || others.contains(word);
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_type) {
            let declared = [format!("export type {word} "), format!("export interface {word} ")];
            assert!(declared.iter().any(|d| text.contains(d)), "{word}");
        }
        assert!(text.matches("export type ").count() > 40, "{text}");
    }
}
