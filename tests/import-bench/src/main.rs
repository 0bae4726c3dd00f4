//! Reads a session report once, in one of three ways, and prints what that took: for
//! `cargo xtask bench import`, which starts it in turn with its peers.
//!
//! `loop FILE`, `rows FILE` and `json FILE` print seconds, `memory FILE` prints KiB.

#![expect(clippy::print_stdout, reason = "the figure is the answer")]

use anyhow::{Context, Result, bail};
use casebridge_beyondtrust::{ReportLimits, read_sessions};
use casebridge_domain::Lsid;
use casebridge_domain::report_mapping::{Field, Mapper, MappingOptions, Object, Rows};
use casebridge_salesforce::Spool;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufReader, BufWriter, Write};
use std::time::Instant;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, file] = arguments.as_slice() else {
        bail!("loop, rows, json or memory, and a file")
    };
    let file = File::open(file).with_context(|| file.clone())?;
    match what.as_str() {
        "loop" => timed(|| bare_loop(file)),
        "rows" => timed(|| rows(file)),
        "json" => timed(|| json(file, || Ok(io::sink()))),
        "memory" => memory(file),
        other => bail!("there is no {other}"),
    }
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    work()?;
    println!("{}", start.elapsed().as_secs_f64());
    Ok(())
}

/// What no reader that is built on it can do without.
fn bare_loop(file: File) -> Result<()> {
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 * 1024, file));
    let (mut buffer, mut events) = (Vec::new(), 0_u64);
    loop {
        buffer.clear();
        if matches!(black_box(reader.read_event_into(&mut buffer)?), Event::Eof) {
            break;
        }
        events += 1;
    }
    black_box(events);
    Ok(())
}

/// Takes rows and does nothing with them.
#[derive(Default)]
struct Counted(usize);

impl Rows for Counted {
    fn row(&mut self, _: Object, key: &str, fields: &[Field<'_>]) -> io::Result<()> {
        black_box((key, fields));
        self.0 += 1;
        Ok(())
    }

    fn whole(&mut self, _: &str, _: &str, text: &str) -> io::Result<()> {
        black_box(text);
        Ok(())
    }

    fn chat(&mut self, line: &str) -> io::Result<()> {
        black_box(line);
        Ok(())
    }
}

/// From the report to the rows of the import.
fn rows(file: File) -> Result<()> {
    let mut counted = Counted::default();
    map(file, &LSID.parse()?, &mut counted)?;
    black_box(counted.0);
    Ok(())
}

/// And on to the JSON in which they are sent.
fn json<W: Write>(file: File, out: impl Fn() -> Result<W>) -> Result<()> {
    let lsid: Lsid = LSID.parse()?;
    let mut spool = Spool::new(&lsid, out()?, out()?, out()?);
    map(file, &lsid, &mut spool)?;
    spool.finish()?;
    Ok(())
}

const LSID: &str = "0123456789abcdef0123456789abcdef";

fn map(mut file: File, lsid: &Lsid, rows: &mut dyn Rows) -> Result<()> {
    let options = MappingOptions { appliance: "Default".to_owned(), ..MappingOptions::default() };
    let mut mapper = Mapper::new(lsid, &options, rows);
    read_sessions(&mut file, &ReportLimits::default(), &mut mapper)?;
    let mapped = mapper.finish().context("the session is not in the report")?;
    black_box(mapped.fields(None));
    Ok(())
}

/// How far the process grew, with the rows in files as the import has them.
fn memory(file: File) -> Result<()> {
    let before = resident("VmRSS")?;
    json(file, || Ok(BufWriter::new(tempfile::tempfile()?)))?;
    println!("{}", resident("VmHWM")?.saturating_sub(before));
    Ok(())
}

fn resident(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next()).context("no figure")?;
    Ok(number.parse()?)
}
