//! Formats times for hundreds of thousands of rows, many times faster than a general formatter.

use jiff::Timestamp;

/// `2019-11-05T12:00:00` with the given separator. Fractions of a second are dropped.
pub fn utc(time: Timestamp, separator: u8) -> [u8; 19] {
    Day::of(time).utc(time, separator)
}

/// Caches a formatted day, because the times of a report are usually on the same day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    days: i64,
    text: [u8; 10],
}

impl Day {
    pub(super) fn of(time: Timestamp) -> Self {
        let days = time.as_second().div_euclid(86_400);
        let (year, month, day) = date(days);
        let mut text = *b"0000-00-00";
        for (place, number) in [(0, year / 100), (2, year % 100), (5, month), (8, day)] {
            (text[place], text[place + 1]) = digits(number);
        }
        Self { days, text }
    }

    /// The same, for a time that may be on another day.
    pub(super) fn utc(&mut self, time: Timestamp, separator: u8) -> [u8; 19] {
        if time.as_second().div_euclid(86_400) != self.days {
            *self = Self::of(time);
        }
        let second = time.as_second().rem_euclid(86_400);
        let mut out = *b"0000-00-00T00:00:00";
        out[..10].copy_from_slice(&self.text);
        out[10] = separator;
        for (place, number) in [(11, second / 3_600), (14, second / 60 % 60), (17, second % 60)] {
            (out[place], out[place + 1]) = digits(number);
        }
        out
    }
}

fn digits(number: i64) -> (u8, u8) {
    let number = u8::try_from(number.rem_euclid(100)).unwrap_or_default();
    (b'0' + number / 10, b'0' + number % 10)
}

/// Year, month and day from days since 1970. The calculation starts years in March, so that the
/// leap day comes last.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_second_reads_as_the_general_formatter_writes_it(second in 0_i64..253_402_300_799) {
            let time = Timestamp::from_second(second).unwrap();
            let text = String::from_utf8(utc(time, b'T').to_vec()).unwrap();
            prop_assert_eq!(text + "Z", time.to_string());
        }
    }
}
