//! Runs the tests: the pages' own, then every Rust suite with the desktop among them.

use crate::process::{answers, cargo, note, npm, program, run, step};
use crate::{ci, dependencies, fuzz, package, salesforce, setup};
use anyhow::Result;

/// Sets up and runs every check and every test, or the tests with a name.
pub(crate) fn test(filter: Option<&str>) -> Result<()> {
    setup::everything()?;
    if filter.is_none() {
        dependencies::check()?;
        ci::checks()?;
        pages()?;
        salesforce::check()?;
        fuzz::fuzz(&fuzz::Options { seconds: 60, grow: false })?;
    }
    rust(filter)
}

/// The checks and tests of the windows' pages.
fn pages() -> Result<()> {
    step("types of the pages (svelte-check)");
    run(npm().args(["run", "--silent", "check"]))?;
    step("lint of the pages (eslint)");
    run(npm().args(["run", "--silent", "lint"]))?;
    step("tests of the pages (vitest)");
    run(npm().args(["run", "--silent", "test"]))?;
    step("accessibility of the pages (axe)");
    run(npm().args(["run", "--silent", "axe"]))
}

fn rust(filter: Option<&str>) -> Result<()> {
    step("programs and tests");
    // The desktop suite starts the built programs, so all of them are built first.
    run(cargo().args(["build", "--workspace", "--all-targets"]))?;
    package::for_tests()?;
    step("Rust tests");
    if answers(cargo().args(["nextest", "--version"])) {
        return run(cargo().args(["nextest", "run", "--workspace", "--no-fail-fast"]).args(filter));
    }
    note("cargo-nextest is not installed; cargo's own runner does the same, more slowly");
    run(cargo().args(["test", "--workspace", "--all-targets", "--no-fail-fast"]).args(filter))
}

/// Draws every window in every state.
pub(crate) fn pictures(only: Option<&str>) -> Result<()> {
    setup::everything()?;
    step("pictures of every window");
    let mut command = npm();
    command.args(["run", "--silent", "pictures"]);
    if let Some(only) = only {
        command.args(["--", only]);
    }
    run(&mut command)
}

/// The pictures of the guides: the state that is drawn, and the name of the file.
const GUIDES: [(&str, &str); 4] = [
    ("case-typical", "session-key"),
    ("tag-confirming", "tag"),
    ("jump-item", "jump"),
    ("activity-typical", "activity"),
];

/// Draws the pictures of the guides, with few colours and a border, so that the files are small.
pub(crate) fn guide_pictures() -> Result<()> {
    pictures(Some("-light-200"))?;
    step("pictures of the guides");
    let small = ["+dither", "-colors", "48", "-bordercolor", "#c5cccc", "-border", "2", "-strip"];
    for (state, name) in GUIDES {
        let from = format!("target/pictures/{state}-light-200.png");
        let to = format!("PNG8:docs/pictures/{name}.png");
        run(program("convert").arg(from).args(small).arg(to))?;
    }
    Ok(())
}
