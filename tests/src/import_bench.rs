//! Measures the way from a report to rows beside its peers, and how many calls an import makes;
//! judges nothing.
//!
//! Every reading is a process of its own, taken in turn, so that whatever else the machine does falls
//! on all of them.

use crate::bench::table::{self, Row, Unit};
use crate::scene::Scene;
use anyhow::{Context, Result, ensure};
use casebridge_domain::Lsid;
use casebridge_simulator::{SessionBegin, SessionWork, sample_report};
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::jobs::{self, Finished};
use casebridge_use_cases::outbox::Attempt;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = "target/bench/import";
const PROGRAM: &str = "target/release/import-bench";
const LARGE: u64 = 70_000_000;
const SMALL: u64 = 1_400_000;
/// How many rows one part of a call takes, and how many parts a call
/// (`docs/protocols/salesforce.md#composite-calls`).
const ROWS: usize = 200;
const PARTS: usize = 5;

/// Reads the file into memory first, as its function takes it, and prints the seconds of the parse.
const LXML: &str = "import sys, time
from lxml import etree
text = open(sys.argv[1], 'rb').read()
start = time.perf_counter()
root = etree.fromstring(text, etree.XMLParser(huge_tree=True))
print(time.perf_counter() - start)
";

/// Takes each figure so often, and prints a table.
///
/// # Errors
/// When something cannot be built, fetched or started.
pub async fn run(rounds: usize, say: &dyn Fn(&str)) -> Result<()> {
    std::fs::create_dir_all(FOLDER)?;
    let folder = Path::new(FOLDER);
    let (large, small) = (folder.join("large.xml"), folder.join("small.xml"));
    std::fs::write(&large, sample_report(LARGE))?;
    std::fs::write(&small, sample_report(SMALL))?;
    let python = lxml(folder, say)?;
    let (mut bare, mut rows, mut json, mut tree) = (vec![], vec![], vec![], vec![]);
    let (mut large_memory, mut small_memory) = (vec![], vec![]);
    for round in 1..=rounds {
        bare.push(figure(PROGRAM, &["loop"], &large)?);
        rows.push(figure(PROGRAM, &["rows"], &large)?);
        json.push(figure(PROGRAM, &["json"], &large)?);
        tree.push(figure(&python, &["-c", LXML], &large)?);
        large_memory.push(figure(PROGRAM, &["memory"], &large)?);
        small_memory.push(figure(PROGRAM, &["memory"], &small)?);
        say(&format!("round {round} of {rounds}"));
    }
    let (made, least) = calls().await?;
    table::print(
        &[
            Row::against("70 MB to rows, to a bare quick-xml loop", Unit::Ms, &rows, &bare, 2.5),
            Row::against("70 MB to rows, to lxml fromstring", Unit::Ms, &rows, &tree, 0.4),
            Row::against("(with the rows as JSON, to the loop)", Unit::Ms, &json, &bare, f64::NAN),
            Row::against(
                "memory growth, 70 MB to 1.4 MB",
                Unit::KiB,
                &large_memory,
                &small_memory,
                1.5,
            ),
            Row::against("org calls of an import, to the least", Unit::Count, &made, &least, 1.1),
        ],
        say,
    );
    Ok(())
}

fn figure(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str], file: &Path) -> Result<f64> {
    let output = Command::new(program).args(arguments).arg(file).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{arguments:?}: {errors}");
    text.trim().parse().with_context(|| format!("{arguments:?} said {text}"))
}

/// The Python of an environment that has lxml from PyPI.
fn lxml(folder: &Path, say: &dyn Fn(&str)) -> Result<std::path::PathBuf> {
    let python = folder.join("python/bin/python");
    if !python.exists() {
        say("lxml comes from PyPI, into target/bench/import");
        let made =
            Command::new("python3").args(["-m", "venv"]).arg(folder.join("python")).status()?;
        ensure!(made.success(), "python3 -m venv failed: the package python3-venv is needed");
        let fetched =
            Command::new(&python).args(["-m", "pip", "install", "--quiet", "lxml"]).status()?;
        ensure!(fetched.success(), "lxml could not be fetched");
    }
    Ok(python)
}

/// The calls that imports made, and the fewest that the interface allows for their rows: sessions of
/// the usual size, and one with thousands of rows.
async fn calls() -> Result<(Vec<f64>, Vec<f64>)> {
    let scene = Scene::new().await?;
    let (mut made, mut least) = (Vec::new(), Vec::new());
    for chat in [0, 6, 40, 3_000] {
        let session = SessionBegin {
            representative: "ada".to_owned(),
            external_key: Some(scene.simulator.ready().case_id),
            ..SessionBegin::default()
        };
        let lsid = scene.simulator.begin_session(session)?;
        let work = SessionWork { lsid: lsid.clone(), chat: Some(chat), ..SessionWork::default() };
        scene.simulator.work(work)?;
        scene.simulator.leave_customer(&lsid)?;
        let lsid: Lsid = lsid.parse()?;
        let before = org_calls(&scene);
        let id =
            jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Asked).await;
        let attempt =
            jobs::work_on(&scene.casebridge, id.map_err(failed)?).await.map_err(failed)?;
        let Attempt::Done(Finished::Session(imported)) = attempt else {
            anyhow::bail!("{attempt:?}")
        };
        made.push((org_calls(&scene) - before) as f64);
        let children =
            imported.records.iter().filter(|(object, _)| **object != "Support_Session__c");
        let parts: usize = children.map(|(_, rows)| rows.div_ceil(ROWS)).sum();
        // What was cut goes to a file, which is a call of its own.
        let files = imported.warnings.iter().filter(|text| text.contains("Files")).count();
        least.push((parts.div_ceil(PARTS).max(1) + files) as f64);
    }
    Ok((made, least))
}

fn org_calls(scene: &Scene) -> usize {
    scene.calls("/services/data/")
}

fn failed(failure: casebridge_domain::Failure) -> anyhow::Error {
    anyhow::anyhow!("{failure:?}")
}
