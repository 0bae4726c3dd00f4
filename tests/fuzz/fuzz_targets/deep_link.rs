//! S3: any input is refused, or is a link that reads back from its own text.

#![no_main]

use casebridge_domain::DeepLink;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(link) = text.parse::<DeepLink>() else { return };
    assert_eq!(link.to_string().parse(), Ok(link));
});
