//! Answers that are made to take time or memory (S12): the real program refuses each within a second of
//! the processor's time (four, where it is not optimised) and 64 MiB beside what it takes for a small one. The system measures both: it
//! ends a program that takes more.

use crate::terminal::Terminal;
use casebridge_simulator::{FaultName, FaultSwitch};
use serde_json::Value;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

/// Seconds of the processor. A program that is not optimised takes several times as long.
const TIME: u32 = if cfg!(debug_assertions) { 4 } else { 1 };
/// What the program itself may take, in KiB.
const ITSELF: u64 = 24 * 1024;
/// What it may take for a bomb.
const MEMORY: u64 = ITSELF + 64 * 1024;

/// Runs a command of the program with at most so many KiB of memory.
fn within(terminal: &Terminal, kib: u64, words: &[&str]) -> Output {
    let inner = terminal.command(words);
    let mut command = Command::new("/bin/sh");
    command.env_clear();
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // One place of memory for all threads, so that what is measured is what is used.
    command.env("MALLOC_ARENA_MAX", "1");
    command.args([
        "-c",
        &format!("ulimit -t {TIME}; ulimit -d {kib}; exec timeout 30 \"$@\""),
        "sh",
    ]);
    command.arg(inner.get_program()).arg("--json").args(inner.get_args());
    command.output().unwrap()
}

/// The command works, given something small, with what the program itself takes.
fn works(terminal: &Terminal, words: &[&str]) {
    let output = within(terminal, ITSELF, words);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn refused(output: &Output, what: &str) {
    // A shell's word for a program that the system ended.
    let ended = output.status.signal().is_some() || output.status.code() > Some(2);
    assert!(!ended, "{what}: it took too much, {}", output.status);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let code = told["error"]["code"].as_str();
    assert!(
        matches!(code, Some("report_unreadable" | "answer_not_understood")),
        "{what}: {} {}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Bombs of some megabytes each, as the inside of an event, and by name.
fn bombs() -> Vec<(&'static str, String)> {
    let many = |count: usize| (0..count).map(|n| format!(" a{n}=\"\"")).collect::<String>();
    let times = |text: String, bytes: usize| text.repeat(bytes / text.len());
    let megabytes = 11 << 20;
    vec![
        ("62 attributes", times(format!("<data{}/>", many(62)), megabytes)),
        ("values of 62 attributes", times(format!("<value{}/>", many(62)), megabytes)),
        ("deep", "<a>".repeat(1 << 20)),
        ("values", format!("<data>{}</data>", times("<value a=\"\"/>".to_owned(), megabytes))),
        ("a long text", format!("<body>{}</body>", "x".repeat(megabytes))),
        ("a long attribute", format!("<a b=\"{}\"/>", "x".repeat(megabytes))),
        ("texts in parts", times(format!("{}<![CDATA[y]]>", "x".repeat(1 << 20)), 40 << 20)),
        ("references", times("&#65;".to_owned(), megabytes)),
        (
            "headings for each row",
            format!(
                "<system_information><category><description><field name=\"{}\"/></description>\
                 <data>{}</data></category></system_information>",
                "x".repeat(1 << 20),
                "<row><field/></row>".repeat(10_000)
            ),
        ),
        ("one attribute more", format!("<a{}/>", many(200_000))),
        ("doubles", times("<a b=\"\" b=\"\"/>".to_owned(), megabytes)),
    ]
}

fn report(inside: &str) -> String {
    let lsid = "0".repeat(32);
    format!(
        "<session_list><session lsid=\"{lsid}\"><session_details><event>{inside}</event>\
         </session_details></session>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_a_bomb_in_a_report_ends_within_a_second_and_64_mib() {
    let terminal = Terminal::new().await;
    let file = terminal.home.path().join("report.xml");
    let path = file.to_str().unwrap().to_owned();
    let show = ["report", "show", &path];
    std::fs::write(&file, "<session_list/>").unwrap();
    works(&terminal, &show);
    for (what, bomb) in bombs() {
        std::fs::write(&file, report(&bomb)).unwrap();
        refused(&within(&terminal, MEMORY, &show), what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_a_bomb_in_a_listing_ends_within_a_second_and_64_mib() {
    let terminal = Terminal::new().await;
    let sessions = ["sessions", "--all"];
    works(&terminal, &sessions);
    let many: String = (0..62).map(|n| format!(" a{n}=\"\"")).collect();
    let times = |text: &str| text.repeat((11 << 20) / text.len());
    for (what, inside) in [
        ("62 attributes", times(&format!("<session{many}/>"))),
        ("elements", times("<session/>")),
        ("deep", "<a>".repeat(1 << 20)),
    ] {
        let text = format!("<session_summary_list>{inside}</session_summary_list>");
        let bomb = FaultSwitch::on(FaultName::RawAnswer).only("SupportSessionListing");
        terminal.scene.simulator.fault(bomb.with_text(&text));
        refused(&within(&terminal, MEMORY, &sessions), what);
    }
}
