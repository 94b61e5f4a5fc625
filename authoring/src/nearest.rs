//! The nearest name: 「もしかして」 for a name that does not exist.

/// The candidate that `word` was most likely meant to be, or nothing when none is close.
///
/// Close means at most one edit in three characters (an edit inserts, removes or replaces one character).
/// Of equally close candidates the first is taken.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = word.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .map(|candidate| (edits(word, candidate), candidate))
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_in_characters() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("退院数", "入院数"), 1);
        assert_eq!(edits("", "abc"), 3);
    }

    #[test]
    fn a_typing_error_finds_its_name_and_a_stranger_does_not() {
        let names = ["discharged", "coordinated"];
        assert_eq!(nearest("dischraged", names), Some("discharged"));
        assert_eq!(nearest("budget", names), None);
    }
}
