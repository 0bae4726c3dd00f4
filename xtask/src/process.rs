//! Starts programs and says so. Every step is one line that begins with `==>`.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository's top folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Announces a step.
pub(crate) fn step(title: &str) {
    println!("==> {title}");
}

/// Says something about the step.
pub(crate) fn note(text: &str) {
    println!("    {text}");
}

/// A program to be run at the top of the repository.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    program("cargo")
}

/// npm, in the folder of the windows' pages.
pub(crate) fn npm() -> Command {
    npm_in("ui")
}

/// npm, in a folder of the repository.
pub(crate) fn npm_in(folder: &str) -> Command {
    let mut command = program("npm");
    command.current_dir(root().join(folder));
    command
}

/// Runs a program to its end; it writes where we write.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    note(&format!("$ {line}"));
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// What a program writes to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not write text"))
}

/// Whether a program can be started and answers.
pub(crate) fn answers(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
