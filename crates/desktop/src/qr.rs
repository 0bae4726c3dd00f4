//! A QR code as one SVG path.

use casebridge_ipc::QrView;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Draws a text, one run of dark modules after the other. A text that no code can hold gives an
/// empty path.
pub(crate) fn draw(text: &str) -> QrView {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return QrView { size: 1, path: String::new() };
    };
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h{}v1h-{}z", run.len(), run.len());
            }
            x += run.len();
        }
    }
    QrView { size: u32::try_from(width).unwrap_or_default(), path }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_becomes_a_grid_with_its_finder_patterns() {
        let qr = super::draw("https://support.example.com/?ak=0123456789abcdef0123456789abcdef");
        assert!((21..60).contains(&qr.size));
        assert!(qr.path.starts_with("M0 0h7v1h-7z"), "{}", qr.path);
    }

    #[test]
    fn what_no_code_can_hold_is_empty() {
        assert_eq!(super::draw(&"x".repeat(4000)).path, "");
    }
}
