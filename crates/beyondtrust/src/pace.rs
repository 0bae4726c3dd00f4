//! Keeps to the appliance's rate limit.
//!
//! The appliance's headers contain the number of requests left, and beyond that it answers 429. A
//! call waits for a short time, but fails if the wait is long, so that no window hangs.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use casebridge_transport::Response;
use tokio::time::Instant;

use crate::error::Error;

/// The longest time that a call waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(300);
const WINDOW: Duration = Duration::from_secs(1);

/// The time until which the appliance refuses requests.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    closed_until: Mutex<Option<Instant>>,
}

impl Pace {
    /// Waits until a request may be sent, or fails if that takes too long.
    pub(crate) async fn wait(&self) -> Result<(), Error> {
        let closed_until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(until) = closed_until else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now());
        if left > PATIENCE {
            return Err(Error::RateLimited { retry_after: left });
        }
        tokio::time::sleep(left).await;
        Ok(())
    }

    /// Evaluates the headers of an answer. Returns an error if the appliance refused the request
    /// for its rate.
    pub(crate) fn note(&self, response: &Response) -> Result<(), Error> {
        if response.status == 429 {
            let wait = retry_after(response).unwrap_or(WINDOW).clamp(WINDOW, LONGEST);
            self.close_for(wait);
            return Err(Error::RateLimited { retry_after: wait });
        }
        if response.header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0") {
            self.close_for(WINDOW);
        }
        Ok(())
    }

    fn close_for(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = Some(closed.map_or(until, |known| known.max(until)));
    }
}

/// Reads seconds, or a date relative to the answer's own date.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp());
    let wait = moment(text)?.duration_since(moment(response.header("date")?)?);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::answer;

    fn with(status: u16, headers: &[(&'static str, &str)]) -> Response {
        let mut response = answer(status, "");
        for (name, value) in headers {
            response.headers.insert(*name, value.parse().unwrap());
        }
        response
    }

    #[tokio::test(start_paused = true)]
    async fn no_request_leaves_before_the_next_second_when_none_is_left() {
        let pace = Pace::default();
        let started = Instant::now();
        pace.note(&with(200, &[("x-ratelimit-remaining", "1")])).unwrap();
        pace.wait().await.unwrap();
        assert_eq!(started.elapsed(), Duration::ZERO);
        pace.note(&with(200, &[("x-ratelimit-remaining", "0")])).unwrap();
        pace.wait().await.unwrap();
        assert!(started.elapsed() >= WINDOW);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_wait_is_refused_until_it_is_over() {
        let pace = Pace::default();
        let wait = Duration::from_secs(120);
        let error = pace.note(&with(429, &[("retry-after", "120")])).unwrap_err();
        assert_eq!(error, Error::RateLimited { retry_after: wait });
        assert_eq!(pace.wait().await.unwrap_err(), error);
        tokio::time::advance(wait).await;
        pace.wait().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_is_read_from_either_form_and_bounded() {
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        for (headers, seconds) in [
            (vec![], 1),
            (vec![("retry-after", "0")], 1),
            (vec![("retry-after", "7")], 7),
            (vec![("retry-after", "99999999")], 300),
            (vec![("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"), date], 30),
            (vec![("retry-after", "Wed, 21 Oct 2015 07:27:00 GMT"), date], 1),
            (vec![("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")], 1),
            (vec![("retry-after", "soon")], 1),
        ] {
            let error = Pace::default().note(&with(429, &headers)).unwrap_err();
            let retry_after = Duration::from_secs(seconds);
            assert_eq!(error, Error::RateLimited { retry_after }, "{headers:?}");
        }
    }
}
