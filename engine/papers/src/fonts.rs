//! The fonts of every paper, part of the program: BIZ UD明朝 for text, BIZ UDゴシック for heads.

/// Mincho Regular, Gothic Regular, Gothic Bold: origin and licence stand beside the files.
pub(crate) const FILES: [&[u8]; 3] = [
    include_bytes!("../fonts/BIZUDMincho-Regular.ttf"),
    include_bytes!("../fonts/BIZUDGothic-Regular.ttf"),
    include_bytes!("../fonts/BIZUDGothic-Bold.ttf"),
];
