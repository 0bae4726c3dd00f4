//! Runs the fuzz targets: a minute each in the test command, longer and with a corpus that grows on
//! demand. libFuzzer is linked by the targets themselves; the compiler's own switches do the rest.

use crate::process::{note, program, root, run, step};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};

/// What `cargo fuzz` would ask of the compiler, with its stable switches alone.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares \
                     --cfg fuzzing -Cdebug-assertions=on -Ccodegen-units=1";
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// How to fuzz.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long each target runs.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) seconds: u32,
    /// Keep what was found worth keeping in tests/fuzz/corpus.
    #[arg(long)]
    pub(crate) grow: bool,
}

/// Builds the targets and runs them side by side.
pub(crate) fn fuzz(options: &Options) -> Result<()> {
    step("fuzz targets");
    let mut build = program("cargo");
    build.args(["build", "--release", "--locked", "--manifest-path", "tests/fuzz/Cargo.toml"]);
    run(build.args(["--target", TARGET, "--target-dir", "target/fuzz"]).env("RUSTFLAGS", FLAGS))?;
    let names = names()?;
    note(&format!("{} s each: {}", options.seconds, names.join(", ")));
    let begun: Result<Vec<(String, Child)>> =
        names.iter().map(|name| Ok((name.clone(), begin(name, options.seconds)?))).collect();
    let mut broken = Vec::new();
    for (name, mut child) in begun? {
        if !child.wait()?.success() {
            broken.push(format!("{name}: see target/fuzz/{name}.log; the input lies beside it"));
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    match options.grow {
        true => names.iter().try_for_each(|name| grow(name)),
        false => Ok(()),
    }
}

fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("tests/fuzz/fuzz_targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn built(name: &str) -> Command {
    program(&root().join("target/fuzz").join(TARGET).join("release").join(name).to_string_lossy())
}

fn committed(name: &str) -> PathBuf {
    root().join("tests/fuzz/corpus").join(name)
}

/// What is found goes to a folder of the build's; the committed corpus is read alone.
fn found(name: &str) -> PathBuf {
    root().join("target/fuzz/corpus").join(name)
}

fn begin(name: &str, seconds: u32) -> Result<Child> {
    fs::create_dir_all(found(name))?;
    let log = fs::File::create(root().join(format!("target/fuzz/{name}.log")))?;
    let mut command = built(name);
    command
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/target/fuzz/{name}-", root().display()))
        .arg(found(name))
        .arg(committed(name))
        .stdout(log.try_clone()?)
        .stderr(log);
    command.spawn().with_context(|| format!("could not start {name}"))
}

/// Adds what reaches further than the committed corpus does.
fn grow(name: &str) -> Result<()> {
    run(built(name).arg("-merge=1").arg(committed(name)).arg(found(name)))
}
