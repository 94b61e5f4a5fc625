//! Whether what came out is what the page shows. `…` stands for anything within a line, and on a line of
//! its own for any number of lines.

/// # Errors
/// The first line of the page that did not come out.
pub fn compare(shown: &str, given: &str) -> Result<(), String> {
    let shown: Vec<&str> = shown.lines().map(str::trim_end).collect();
    let given: Vec<&str> = given.lines().map(str::trim_end).collect();
    let mut furthest = 0;
    if lines(&shown, &given, 0, &mut furthest) {
        return Ok(());
    }
    Err(format!(
        "not as shown from its line {} on:\n{}\ncame out:\n{}",
        furthest + 1,
        shown.get(furthest).unwrap_or(&"(the end)"),
        given.join("\n")
    ))
}

fn lines(shown: &[&str], given: &[&str], at: usize, furthest: &mut usize) -> bool {
    *furthest = (*furthest).max(at);
    match (shown.split_first(), given.split_first()) {
        (None, None) => true,
        (Some((&"…", rest)), _) => {
            (0..=given.len()).any(|skipped| lines(rest, &given[skipped..], at + 1, furthest))
        }
        (Some((shown, rest)), Some((given, others))) if like(shown, given) => {
            lines(rest, others, at + 1, furthest)
        }
        _ => false,
    }
}

/// Whether a line is like the one shown.
pub fn like(shown: &str, given: &str) -> bool {
    let mut parts = shown.split('…');
    let Some(rest) = parts.next().and_then(|first| given.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    let mut rest = rest;
    for part in middle {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn what_is_like_it() {
    assert!(like("a…c", "abc") && like("…", "abc") && like("abc", "abc") && like("a…b…c", "a1b2c"));
    assert!(!like("a…c", "ab") && !like("abc", "abcd") && !like("a…b…c", "acb"));
    assert_eq!(compare("a\n…\nd\n", "a\nb\nc\nd\n"), Ok(()));
    assert!(compare("a\n", "a\nb\n").is_err() && compare("a\nb\n", "a\n").is_err());
}
