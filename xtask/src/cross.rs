//! The Windows and macOS code, checked on Debian.
//!
//! Debian's `-web` compiler comes with the standard library's source and builds it for a foreign
//! target, which rustup's stable one cannot. So these jobs use Debian's, all others the usual one.
//! Types and lints are proved for both; the core crates' tests run under wine. Nothing is linked
//! for macOS.

use crate::process::{self, note, output, program, root, step};
use crate::setup;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: &[&str] = &[
    "cargo-web",
    "g++-mingw-w64-x86-64-win32",
    "gcc-mingw-w64-x86-64-win32",
    "mingw-w64-x86-64-dev",
    "rust-web-clippy",
    "rust-web-src",
    "rustc-web",
    "wine",
    "wine64",
];

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// Without a window: what wine can run.
const CORE: &[&str] = &[
    "casebridge-domain",
    "casebridge-transport",
    "casebridge-platform",
    "casebridge-beyondtrust",
    "casebridge-salesforce",
    "casebridge-store",
    "casebridge-ipc",
    "casebridge-use-cases",
    "casebridge-desktop",
];

/// Tests with a TLS server and an authority of their own: wine 8 cannot trust further roots, so they
/// run on Linux alone.
const OWN_AUTHORITY: &[&str] = &["appliance::tests", "client::tests", "test_org"];

/// They drive a Linux desktop or build on one.
const LINUX_ONLY: &[&str] = &["casebridge-tests", "xtask"];

/// Lints for both, tests under wine.
pub(crate) fn run() -> Result<()> {
    setup::packages("packages for Windows and macOS", PACKAGES)?;
    setup::pages()?;
    for target in [WINDOWS, MACOS] {
        step(&format!("standard library for {target}"));
        standard_library(target)?;
    }
    step("clippy of the Windows code");
    process::run(&mut clippy(WINDOWS)?)?;
    step("clippy of the macOS code");
    process::run(&mut with_fake_apple_tools(clippy(MACOS)?)?)?;
    step("core crates' tests under wine");
    wine_tests()
}

fn folder() -> PathBuf {
    root().join("target/cross")
}

/// A program that finds Debian's compiler and nothing of rustup's.
fn debian(name: &str) -> Command {
    let mut command = program(name);
    command.env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(name);
    }
    command
}

fn debian_cargo(target: &str) -> Command {
    let mut command = debian("/usr/bin/cargo");
    command.env("CARGO_TARGET_DIR", folder().join(target));
    command
}

fn clippy(target: &str) -> Result<Command> {
    fs::create_dir_all(folder())?;
    // Called by its own name: cargo would look in CARGO_HOME first and find rustup's.
    let mut command = debian("/usr/bin/cargo-clippy");
    command.env("CARGO", "/usr/bin/cargo").env("CARGO_TARGET_DIR", folder().join(target));
    command.args(["clippy", "--locked", "--target", target, "--workspace", "--all-targets"]);
    for name in LINUX_ONLY {
        command.args(["--exclude", name]);
    }
    command.args(["--", "-D", "warnings"]);
    Ok(command)
}

/// Builds `std` for a target into Debian's compiler, once per version of it.
fn standard_library(target: &str) -> Result<()> {
    let version = output(debian("/usr/bin/rustc").arg("-vV"))?;
    let sysroot = output(debian("/usr/bin/rustc").args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib");
    let mark = library.join(".built-for");
    if fs::read_to_string(&mark).is_ok_and(|built| built == version) {
        note("all there");
        return Ok(());
    }
    let work = folder().join("std").join(target);
    fs::create_dir_all(work.join("src"))?;
    fs::write(work.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"stdbuild\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
                    [profile.release]\ndebug = 0\n[workspace]\n";
    fs::write(work.join("Cargo.toml"), manifest)?;
    let build = ["build", "--quiet", "--release", "--target", target];
    let std = ["-Z", "build-std=std,panic_abort,proc_macro,test"];
    let built = work.join("target");
    let mut cargo = debian("/usr/bin/cargo");
    cargo.current_dir(&work).args(build).args(std).env("CARGO_TARGET_DIR", &built);
    process::run(cargo.env("RUSTC_BOOTSTRAP", "1"))?;
    install(&built.join(target).join("release/deps"), &library, &work)?;
    fs::write(work.join("built-for"), version)?;
    let (from, to) = (work.join("built-for"), mark);
    process::run(&mut setup::as_root(&["cp", &text(&from)?, &text(&to)?])?)
}

/// Puts the built libraries where the compiler looks for them.
fn install(from: &Path, library: &Path, work: &Path) -> Result<()> {
    let stage = work.join("stage");
    fs::remove_dir_all(&stage).ok();
    fs::create_dir_all(&stage)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libstdbuild-") {
            fs::copy(&path, stage.join(name))?;
        }
    }
    let (stage, library) = (text(&stage)?, text(library)?);
    process::run(&mut setup::as_root(&["rm", "-rf", &library])?)?;
    process::run(&mut setup::as_root(&["mkdir", "-p", &library])?)?;
    process::run(&mut setup::as_root(&["cp", "-r", &format!("{stage}/."), &library])?)
}

fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("{} is no text", path.display()))
}

/// C and Objective-C parts of dependencies are not compiled for macOS, only pretended to be:
/// clippy never links them.
fn with_fake_apple_tools(mut command: Command) -> Result<Command> {
    let tools = folder().join("apple");
    fs::create_dir_all(&tools)?;
    let cc = "#!/bin/sh\nfor word; do case $word in -E|--version) echo clang version 15.0.0; exit 0;; \
              esac; done\nwhile [ $# -gt 0 ]; do [ \"$1\" = -o ] && : > \"$2\"; shift; done\n";
    let ar =
        "#!/bin/sh\nfor word; do case $word in *.a) printf '!<arch>\\n' > \"$word\";; esac; done\n";
    let [cc, ar] = [("cc", cc), ("ar", ar)].map(|(name, script)| {
        let path = tools.join(name);
        fs::write(&path, script)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        anyhow::Ok(path)
    });
    let (cc, ar) = (cc?, ar?);
    command
        .env("CC_aarch64_apple_darwin", &cc)
        .env("CXX_aarch64_apple_darwin", &cc)
        .env("AR_aarch64_apple_darwin", ar)
        .env("SDKROOT", &tools)
        .env("MACOSX_DEPLOYMENT_TARGET", "11.0");
    Ok(command)
}

fn wine_tests() -> Result<()> {
    let prefix = wine_prefix()?;
    let mut command = in_wine(debian_cargo(WINDOWS), &prefix);
    command
        .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine")
        .args(["test", "--locked", "--target", WINDOWS, "--lib"]);
    for name in CORE {
        command.args(["-p", name]);
    }
    command.arg("--");
    for name in OWN_AUTHORITY {
        command.args(["--skip", name]);
    }
    process::run(&mut command)
}

fn in_wine(mut command: Command, prefix: &Path) -> Command {
    command.env("WINEPREFIX", prefix).env("WINEARCH", "win64").env("WINEDEBUG", "-all");
    command.env_remove("DISPLAY");
    command
}

/// A fresh Windows folder with the one library that wine 8 lacks and Rust's `std` needs.
fn wine_prefix() -> Result<PathBuf> {
    let prefix = folder().join("wine");
    fs::remove_dir_all(&prefix).ok();
    fs::create_dir_all(&prefix)?;
    process::run(in_wine(debian("wineboot"), &prefix).arg("-i"))?;
    let source = folder().join("random.c");
    let code = "#include <windows.h>\nBOOLEAN NTAPI SystemFunction036(PVOID, ULONG);\n\
                __declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) \
                { return SystemFunction036(p, (ULONG)n); }\n";
    fs::write(&source, code)?;
    let library = prefix.join("drive_c/windows/system32/bcryptprimitives.dll");
    let mut compiler = debian("x86_64-w64-mingw32-gcc");
    process::run(compiler.arg("-shared").arg("-o").arg(library).arg(source).arg("-ladvapi32"))?;
    Ok(prefix)
}
