//! What is on the virtual screen, read from its memory: nothing has to be asked of a program.
//!
//! A QR code, large figures and the minimal app's square are dark areas; the lines of normal text
//! are too thin to count. So a window is painted, or a key is shown, when enough of the screen is
//! dark.

use crate::desktop::Desktop;
use crate::wait::PATIENCE;
use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

const BETWEEN_LOOKS: Duration = Duration::from_millis(4);
/// Only each so-maniest line is looked at, so that looking does not slow down what is measured.
const LINES: usize = 16;
/// The shortest dark run that counts, in pixels; the strokes of text are thinner.
const RUN: usize = 3;
/// The brightest that is dark, for each colour.
const DARK: u8 = 0x50;
/// So many more dark pixels mean that the code, or the square, is there.
const SHOWN: usize = 200;
const BYTES: usize = 4;

/// The memory of the screen.
#[derive(Debug)]
pub(super) struct FrameBuffer {
    file: File,
    start: u64,
    width: usize,
    height: usize,
    stride: usize,
    /// What is dark with no window.
    empty: usize,
}

impl FrameBuffer {
    /// The screen of a desktop on which there is no window yet.
    pub(super) fn of(desktop: &Desktop) -> Result<Self> {
        let file = File::open(desktop.frame_buffer())?;
        let field = |at: u64| -> Result<usize> {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, at * 4)?;
            Ok(usize::try_from(u32::from_be_bytes(bytes))?)
        };
        // The header of an X window dump: its length, the size, and a table of colours behind it.
        let (header, colours) = (field(0)?, field(19)?);
        ensure!(field(11)? == BYTES * 8, "the screen does not have 32 bits to a pixel");
        let (width, height, stride) = (field(4)?, field(5)?, field(12)?);
        let start = u64::try_from(header + colours * 12)?;
        let mut frame = Self { file, start, width, height, stride, empty: 0 };
        frame.empty = frame.dark()?;
        Ok(frame)
    }

    /// Whether a key or a painted window is there.
    pub(super) fn is_shown(&self) -> Result<bool> {
        Ok(self.dark()? > self.empty + SHOWN)
    }

    /// Waits until a key or the minimal window is shown, and returns the moment.
    pub(super) fn wait_until_shown(&self) -> Result<Instant> {
        let deadline = Instant::now() + PATIENCE;
        while !self.is_shown()? {
            ensure!(Instant::now() < deadline, "nothing is shown");
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(Instant::now())
    }

    /// Waits until the screen has stayed the same for a moment, with something on it.
    pub(super) async fn wait_until_painted(&self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let (mut last, mut same) = (self.sum()?, 0);
        while same < 5 {
            ensure!(Instant::now() < deadline, "the screen does not come to rest");
            tokio::time::sleep(BETWEEN_LOOKS * 5).await;
            let now = self.sum()?;
            same = if now == last { same + 1 } else { 0 };
            last = now;
        }
        Ok(())
    }

    fn dark(&self) -> Result<usize> {
        let mut row = vec![0; self.width * BYTES];
        let mut dark = 0;
        for line in (0..self.height).step_by(LINES) {
            self.read_line(line, &mut row)?;
            dark += dark_pixels(&row);
        }
        Ok(dark)
    }

    fn sum(&self) -> Result<u64> {
        let mut row = vec![0; self.width * BYTES];
        let mut sum = 0;
        for line in (0..self.height).step_by(LINES) {
            self.read_line(line, &mut row)?;
            sum += row.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        }
        Ok(sum)
    }

    fn read_line(&self, line: usize, row: &mut [u8]) -> Result<()> {
        let at = self.start + u64::try_from(line * self.stride)?;
        self.file.read_exact_at(row, at).context("the memory of the screen")
    }
}

/// How many pixels of a row belong to dark runs.
fn dark_pixels(row: &[u8]) -> usize {
    let (mut dark, mut run) = (0, 0);
    for pixel in row.chunks_exact(BYTES) {
        let [blue, green, red, ..] = *pixel else { continue };
        if blue < DARK && green < DARK && red < DARK {
            run += 1;
        } else {
            dark += if run >= RUN { run } else { 0 };
            run = 0;
        }
    }
    dark + if run >= RUN { run } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thin_lines_do_not_count() {
        let row = |text: &str| -> Vec<u8> {
            text.bytes().flat_map(|c| [if c == b'#' { 0 } else { 255 }; BYTES]).collect()
        };
        assert_eq!(dark_pixels(&row("..##..#...")), 0);
        assert_eq!(dark_pixels(&row("..###.####")), 7);
    }
}
