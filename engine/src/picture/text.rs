//! Text in a picture: width in half characters, wrapping, escaping.

/// Breaks a line so that no part is wider than `width` half characters.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text.chars() {
        let wide = half(character);
        // Closing marks stay with the line before (行頭禁則).
        let closing = "、。）」』】〕・ー～％%)".contains(character);
        if used + wide > width && !closing {
            lines.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

/// Width in half characters: 全角 counts two.
pub fn halves(text: &str) -> usize {
    text.chars().map(half).sum()
}

fn half(character: char) -> usize {
    match character.is_ascii() || ('｡'..='ﾟ').contains(&character) {
        true => 1,
        false => 2,
    }
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_by_width_and_keeps_closing_marks() {
        assert_eq!(
            wrap("入院の時から退院まで", 10),
            ["入院の時か", "ら退院まで"]
        );
        assert_eq!(wrap("入院の時。から", 8), ["入院の時。", "から"]);
        assert_eq!(wrap("abcd入院", 6), ["abcd入", "院"]);
        assert_eq!(wrap("", 6), [""]);
    }
}
