//! Digits of a paper: full-width, half-width, or by the house rule that single digits are full-width.

use serde::{Deserialize, Serialize};

/// How digits, and the signs that belong to a number (decimal point, comma, percent), are set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// Left as the author typed it; numbers made by the program are half-width.
    #[default]
    AsTyped,
    /// ９６．１％
    Full,
    /// 96.1%
    Half,
    /// 一桁は全角、二桁以上は半角: ９件, 12件, 96.1％
    SingleFull,
}

impl Width {
    /// Sets the numbers in a text. A number that is part of a code stays as typed: one that touches
    /// a Latin letter of either width or one of `-_/@:` (a telephone number, 「資料1-1」, 「Ｒ４」).
    pub fn set(self, text: &str) -> String {
        if self == Width::AsTyped {
            return text.to_owned();
        }
        let chars: Vec<char> = text.chars().collect();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < chars.len() {
            let end = number_end(&chars, at);
            if end == at {
                out.push(chars[at]);
                at += 1;
                continue;
            }
            let before = at.checked_sub(1).map(|i| chars[i]);
            let coded = before.is_some_and(of_code) || chars.get(end).copied().is_some_and(of_code);
            let number = &chars[at..end];
            if coded {
                out.extend(number);
            } else {
                self.push_number(number, &mut out);
            }
            at = end;
        }
        out
    }

    fn push_number(self, number: &[char], out: &mut String) {
        let digits = number.iter().filter(|c| digit(**c)).count();
        let (full, full_sign) = match self {
            Width::Full => (true, true),
            Width::SingleFull => (digits == 1, true),
            Width::Half | Width::AsTyped => (false, false),
        };
        for &c in number {
            let sign = matches!(c, '%' | '％');
            out.push(if (sign && full_sign) || (!sign && full) {
                widen(c)
            } else {
                narrow(c)
            });
        }
    }

    /// A count with commas between the thousands: １，２３４ or 1,234.
    pub fn count(self, value: i64) -> String {
        let digits = value.unsigned_abs().to_string();
        let mut out = String::from(if value < 0 { "△" } else { "" });
        for (index, c) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(',');
            }
            out.push(c);
        }
        self.set(&out)
    }

    /// Tenths of a percent with one decimal, 100 % without: ７８．１％, １００％.
    pub fn percent(self, tenths: u64) -> String {
        match tenths {
            1000 => self.set("100%"),
            _ => self.set(&format!("{}.{}%", tenths / 10, tenths % 10)),
        }
    }

    /// A difference of two percentages, in tenths, without its sign: ６．４ポイント.
    /// Whether it went up or down is said by the sentence around it (増, 減少).
    pub fn points(self, tenths: i64) -> String {
        let size = tenths.unsigned_abs();
        self.set(&format!("{}.{}ポイント", size / 10, size % 10))
    }
}

fn digit(c: char) -> bool {
    matches!(c, '0'..='9' | '０'..='９')
}

/// The end of the number that begins at `at`: digits with single points or commas between them, and
/// a percent sign after them. `at` itself when no number begins there.
fn number_end(chars: &[char], at: usize) -> usize {
    let is = |index: usize, test: fn(char) -> bool| chars.get(index).copied().is_some_and(test);
    if !is(at, digit) {
        return at;
    }
    let mut end = at;
    while is(end, digit)
        || (is(end, |c| matches!(c, '.' | ',' | '．' | '，')) && is(end + 1, digit))
    {
        end += 1;
    }
    if is(end, |c| matches!(c, '%' | '％')) {
        end += 1;
    }
    end
}

fn of_code(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' | '-' | '_' | '/' | '@' | ':')
}

/// The full-width form of an ASCII character; any other is returned as it is.
pub(crate) fn widen(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::Width::{AsTyped, Full, Half, SingleFull};

    #[test]
    fn numbers_take_the_width_of_the_house() {
        assert_eq!(
            Full.set("連携率は78.1%、1,234件"),
            "連携率は７８．１％、１，２３４件"
        );
        assert_eq!(
            Half.set("連携率は７８．１％（Ｒ４：７６．１％）"),
            "連携率は78.1%（Ｒ４：76.1%）"
        );
        assert_eq!(SingleFull.set("9件と12件で96.1%"), "９件と12件で96.1％");
        assert_eq!(AsTyped.set("７８.1%"), "７８.1%");
    }

    #[test]
    fn codes_stay_as_typed() {
        for code in [
            "資料1-1",
            "0263-00-0000",
            "a1@example.jp",
            "13:30",
            "R6.6.5",
            "https://example.jp/1/2",
        ] {
            assert_eq!(Full.set(code), code);
        }
        // A full stop that ends a sentence is not a decimal point.
        assert_eq!(Full.set("全部で3."), "全部で３.");
    }

    #[test]
    fn counts_and_rates_from_integers() {
        assert_eq!(Full.count(1234567), "１，２３４，５６７");
        assert_eq!(Half.count(999), "999");
        assert_eq!(AsTyped.count(-1000), "△1,000");
        assert_eq!(Full.percent(781), "７８．１％");
        assert_eq!(Half.percent(1000), "100%");
        assert_eq!(Half.percent(0), "0.0%");
        assert_eq!(Full.points(-64), "６．４ポイント");
    }
}
