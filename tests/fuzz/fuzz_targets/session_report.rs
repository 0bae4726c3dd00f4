//! S12: any input is refused, or is a whole report: without its end it is none any more.

#![no_main]

use casebridge_beyondtrust::{ReportLimits, read_sessions};
use casebridge_domain::Lsid;
use casebridge_domain::report_mapping::{Field, Mapper, MappingOptions, Object, Rows, Value};
use libfuzzer_sys::fuzz_target;
use std::io;

/// Takes rows, and looks at what the org would not.
struct Checked;

impl Rows for Checked {
    fn row(&mut self, _: Object, key: &str, fields: &[Field<'_>]) -> io::Result<()> {
        assert!(key.len() <= 120);
        for (name, value) in fields {
            if let Value::Text(text) = value {
                assert!(text.encode_utf16().count() <= 131_072, "{name}");
                assert!(!text.contains('\0'), "{name}");
            }
        }
        Ok(())
    }

    fn whole(&mut self, _: &str, _: &str, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn chat(&mut self, line: &str) -> io::Result<()> {
        assert!(line.ends_with('\n'));
        Ok(())
    }
}

fn read(mut bytes: &[u8]) -> bool {
    let lsid: Lsid = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let (options, mut rows) = (MappingOptions::default(), Checked);
    let mut mapper = Mapper::new(&lsid, &options, &mut rows);
    let whole = read_sessions(&mut bytes, &ReportLimits::default(), &mut mapper).is_ok();
    if let Some(mapped) = mapper.finish().filter(|_| whole) {
        assert!(!mapped.fields(None).is_empty());
    }
    whole
}

fuzz_target!(|bytes: &[u8]| {
    if read(bytes) {
        // What follows the root is blanks, comments or instructions, and needs no end of its own.
        let end = bytes.iter().rposition(|byte| *byte == b'>').unwrap_or_default();
        let root = bytes[..end].windows(2).rposition(|two| two == b"</" || two == b"<s");
        assert!(!read(&bytes[..root.unwrap_or_default()]));
    }
});
