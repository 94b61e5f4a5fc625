//! Which characters the bytes of a text file are. Spreadsheets in Japan write Shift_JIS (CP932, with
//! 髙 and 﨑), UTF-8 with a BOM, and UTF-16 as 「Unicode テキスト」.

use authoring::Finding;
use encoding_rs::{Encoding, SHIFT_JIS};

use super::unknown_file;

/// The text, without a byte order mark.
///
/// # Errors
/// `roster.unknown_file` for what is no text, `roster.encoding` for characters that are neither.
pub(super) fn decode(name: &str, bytes: &[u8]) -> Result<String, Finding> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return plain(name, text.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return plain(name, text.to_owned());
    }
    // encoding_rs reads Shift_JIS as browsers do, which is Windows' code page 932.
    if let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes) {
        return plain(name, text.into_owned());
    }
    if bytes.contains(&0) {
        return Err(unknown_file(name));
    }
    let (line, _) = first_broken(bytes);
    Err(Finding::new(
        "roster.encoding",
        name,
        Some(line),
        "文字コードが UTF-8 でも Shift_JIS でもないため、文字を読めません。",
        "Excelで開き、「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んでください。",
    ))
}

fn plain(name: &str, text: String) -> Result<String, Finding> {
    match text.contains('\0') {
        true => Err(unknown_file(name)),
        false => Ok(text),
    }
}

/// The first line that is neither.
fn first_broken(bytes: &[u8]) -> (u32, &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n');
    let broken = |line: &[u8]| {
        std::str::from_utf8(line).is_err()
            && SHIFT_JIS
                .decode_without_bom_handling_and_without_replacement(line)
                .is_none()
    };
    let mut numbered = (1..).zip(lines);
    numbered
        .find(|(_, line)| broken(line))
        .unwrap_or((1, bytes))
}
