//! A QR code as SVG: one path, with the quiet zone that readers need.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};
use thiserror::Error;

/// Modules around the code that stay white (JIS X 0510).
const QUIET: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a link of {0} bytes does not fit into a QR code")]
pub struct TooLong(usize);

/// The text as a QR code, black on white, error correction M (a fold or a stain of 15 %).
///
/// # Errors
/// The text is longer than 2,331 bytes.
pub fn svg(text: &str) -> Result<String, TooLong> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong(text.len()))?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark);
            let run = run.count();
            if run > 0 {
                // Writing to a string does not fail.
                write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET)
                    .expect("a string grows");
            }
            x += run.max(1);
        }
    }
    let size = width + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" width=\"{size}\" height=\"{size}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}h-{size}z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_a_code_and_a_novel_has_none() {
        let code =
            svg("https://meguri.example.jp/kasou/r/abcdefabcdefabcdefabcdefabcdefab").unwrap();
        // Version 5 has 37 modules (JIS X 0510, table 1); 66 bytes with M need it: version 4 holds 62.
        assert!(code.contains("viewBox=\"0 0 45 45\""), "{code}");
        assert_eq!(svg(&"a".repeat(2332)), Err(TooLong(2332)));
        assert!(svg(&"a".repeat(2331)).is_ok());
    }
}
