//! Options by their number: the third option of a printed question is typed as 3, several as 1,3.
//!
//! What is no number is taken as the title or the code of an option, as a returned workbook has it.

use forms::{Answers, Choice, Item, Kind, Questionnaire};
use unicode_normalization::UnicodeNormalization;

/// What typed fields mean.
#[derive(Clone, Debug, Default)]
pub struct Read {
    pub answers: Answers,
    pub misread: Vec<Misread>,
}

/// A field that cannot be understood. It is left out of the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    pub path: String,
    pub typed: String,
    pub message: String,
}

/// Reads the fields of the dense form. Names are paths of answers; a field that is left out stays as it is in
/// `onto`, an empty one removes its answer.
pub fn read(form: &Questionnaire, fields: &[(String, String)], onto: &Answers) -> Read {
    let mut misread = Vec::new();
    let mut meant: Vec<(String, String)> = Vec::new();
    for (path, typed) in fields.iter().filter(|(path, _)| !path.starts_with('_')) {
        let Some(item) = form.item_at(path) else {
            continue;
        };
        if item.options().is_empty() {
            meant.push((path.clone(), typed.trim().to_owned()));
            continue;
        }
        match codes(item, typed) {
            Ok(codes) if codes.is_empty() => meant.push((path.clone(), String::new())),
            Ok(codes) => meant.extend(codes.into_iter().map(|code| (path.clone(), code))),
            Err(message) => {
                meant.push((path.clone(), String::new()));
                misread.push(Misread {
                    path: path.clone(),
                    typed: typed.clone(),
                    message,
                });
            }
        }
    }
    Read {
        answers: form.decode(None, &meant, onto),
        misread,
    }
}

/// What is typed for the answer at a path: the numbers of options, anything else as it is.
pub fn shown(item: &Item, answers: &Answers, path: &str) -> String {
    let typed = answers.typed(path);
    if item.options().is_empty() {
        return typed.join("、");
    }
    let number = |code: &String| {
        let place = item
            .options()
            .iter()
            .position(|option| option.code == *code);
        place.map_or_else(|| code.clone(), |place| (place + 1).to_string())
    };
    typed.iter().map(number).collect::<Vec<_>>().join(",")
}

fn codes(item: &Item, typed: &str) -> Result<Vec<String>, String> {
    let options = item.options();
    let typed: String = typed.trim().nfkc().collect();
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let found = match named(options, &typed) {
        Some(code) => vec![code],
        None => {
            let parts = typed.split([',', '、', '，', '・', '/', ' ', '.']);
            let parts = parts.filter(|part| !part.is_empty());
            let mut codes: Vec<String> = Vec::new();
            for part in parts {
                let code = numbered(options, part).or_else(|| named(options, part));
                let code = code.ok_or_else(|| unknown(options, part))?;
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
            codes
        }
    };
    if found.len() > 1 && !matches!(item.kind, Kind::Multiple { .. }) {
        return Err(
            "一つだけ選ぶ設問に、二つ以上の番号があります。用紙に二つ印があるときは、空欄にして備考に書いてください。"
                .to_owned(),
        );
    }
    Ok(found)
}

fn numbered(options: &[Choice], part: &str) -> Option<String> {
    let number: usize = part.parse().ok()?;
    let option = options.get(number.checked_sub(1)?)?;
    Some(option.code.clone())
}

fn named(options: &[Choice], text: &str) -> Option<String> {
    let same = |option: &&Choice| {
        option.title.nfkc().collect::<String>().trim() == text || option.code == text
    };
    // A number means the place of an option, also where codes are numbers.
    let number = text.bytes().all(|byte| byte.is_ascii_digit());
    let found = options.iter().find(same).filter(|_| !number)?;
    Some(found.code.clone())
}

fn unknown(options: &[Choice], part: &str) -> String {
    let part: String = part.chars().take(40).collect();
    format!(
        "「{part}」という選択肢はありません。1から{}までの番号で入れてください。",
        options.len()
    )
}
