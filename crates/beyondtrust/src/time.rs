//! Points in time as the appliance writes them: Unix seconds, ISO 8601, or both.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::xml::Element;

/// The time of an element: its `timestamp` or `ts` attribute, else its text.
pub(crate) fn of_element(element: &Element) -> Option<Timestamp> {
    ["timestamp", "ts"]
        .into_iter()
        .find_map(|name| element.attribute(name).and_then(read))
        .or_else(|| read(element.text()))
}

/// The time that is written as child or as attribute of `element`.
pub(crate) fn of_field(element: &Element, name: &str) -> Option<Timestamp> {
    match element.child(name) {
        Some(child) => of_element(child),
        None => element.attribute(name).and_then(read),
    }
}

/// Reads the `Date` header of an answer.
pub(crate) fn of_header(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp())
}

/// Reads Unix seconds or ISO 8601; a time without an offset is UTC. Zero means "not set".
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return (seconds != 0).then(|| Timestamp::from_second(seconds).ok()).flatten();
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil: DateTime = text.parse().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_seconds_and_iso_8601_are_read_alike() {
        for text in [
            "1572955200",
            " 1572955200\n",
            "2019-11-05T12:00:00Z",
            "2019-11-05T07:00:00-05:00",
            "2019-11-05T07:00:00-0500",
            "2019-11-05T12:00:00+00:00",
            "2019-11-05T12:00:00",
            "2019-11-05 12:00:00",
        ] {
            assert_eq!(read(text).map(Timestamp::as_second), Some(1_572_955_200), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_no_time() {
        for text in ["", "0", "soon", "99999999999999999999", "9999999999999", "2019-13-01"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
