//! Changing who holds which role: an edit of municipality.json that leaves everything else in the file as it is.
//!
//! In April people move. What moves then can be entered before: a holder has a first and a last day.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::municipality::{Access, Holder, Municipality};
use crate::year::Refusal;

/// Characters of a name.
const LONGEST_NAME: usize = 60;

/// What changes.
#[derive(Clone, Debug, PartialEq)]
pub enum PeopleChange {
    /// Somebody holds a role; who holds it already gets these days instead.
    Hold { role: String, holder: Holder },
    /// Somebody holds it no longer, as if they never had: what was done stays in the journal.
    Remove { role: String, name: String },
    /// What holders of a role may do; `None`: the usual.
    Allow {
        role: String,
        access: Option<Access>,
    },
    /// Somebody leaves: every role ends the day before `from`, and what was to begin later does not.
    Leave { name: String, from: NaiveDate },
}

/// The text of municipality.json after a change. `today` decides who has to be there to administer.
///
/// # Errors
/// A role or a name is not there or cannot be one, the days are in the wrong order, or nobody would be left who may
/// administer. The sentence says so.
pub fn changed(text: &str, today: NaiveDate, change: &PeopleChange) -> Result<String, Refusal> {
    let mut file: Value = read(text)?;
    match change {
        PeopleChange::Hold { role, holder } => {
            check(holder)?;
            let holders = holders(&mut file, role)?;
            match holders.iter_mut().find(|one| is(one, &holder.name)) {
                Some(known) => *known = written(holder),
                None => holders.push(written(holder)),
            }
        }
        PeopleChange::Remove { role, name } => {
            let holders = holders(&mut file, role)?;
            let before = holders.len();
            holders.retain(|one| !is(one, name));
            if holders.len() == before {
                return Err(said(format!("{name}さんはこの役割を受け持っていません。")));
            }
        }
        PeopleChange::Allow { role, access } => {
            let role = object(&mut file, role)?;
            match access {
                Some(access) => {
                    role.insert("access".to_owned(), json!(access));
                }
                None => {
                    role.shift_remove("access");
                }
            }
        }
        PeopleChange::Leave { name, from } => leave(&mut file, name, *from)?,
    }
    let after = printed(&file)?;
    still_administered(text, &after, today)?;
    Ok(after)
}

/// Refuses a municipality.json by which, today or on some later day, nobody may administer any more. Where nobody was
/// named before, nobody has to be.
///
/// # Errors
/// The sentence names the day.
pub fn still_administered(before: &str, after: &str, today: NaiveDate) -> Result<(), Refusal> {
    // What cannot be read is told by the check of the whole pack, with its lines.
    let lacks = |text: &str| {
        let read = serde_json::from_str::<Municipality>(text).ok();
        read.and_then(|read| read.without_administrator(today))
    };
    if lacks(before).is_some_and(|day| day <= today) {
        return Ok(());
    }
    match lacks(after) {
        None => Ok(()),
        Some(day) if day <= today => Err(said(
            "管理者がいなくなるため、変えられません。先に別の人を管理者の役割に加えてください。"
                .to_owned(),
        )),
        Some(day) => Err(said(format!(
            "{day}から管理者がいなくなるため、変えられません。その日から受け持つ人を先に加えてください。"
        ))),
    }
}

fn leave(file: &mut Value, name: &str, from: NaiveDate) -> Result<(), Refusal> {
    let last = from.pred_opt().unwrap_or(from);
    let roles = file.get_mut("roles").and_then(Value::as_array_mut);
    for role in roles.into_iter().flatten() {
        let Some(holders) = role.get_mut("holders").and_then(Value::as_array_mut) else {
            continue;
        };
        let kept = holders.drain(..).filter_map(|one| {
            if !is(&one, name) {
                return Some(one);
            }
            let mut holder: Holder = serde_json::from_value(one).ok()?;
            if holder.from.is_some_and(|begins| begins > last) {
                return None;
            }
            holder.until = Some(holder.until.map_or(last, |until| until.min(last)));
            Some(written(&holder))
        });
        *holders = kept.collect::<Vec<_>>();
    }
    Ok(())
}

fn check(holder: &Holder) -> Result<(), Refusal> {
    let name = &holder.name;
    if name.trim().is_empty() {
        return Err(said("名前を入れてください。".to_owned()));
    }
    if name.trim() != name || name.chars().count() > LONGEST_NAME {
        return Err(said(format!(
            "名前は{LONGEST_NAME}文字までで、前後に空白を入れないでください。"
        )));
    }
    // It is a segment of a key in the store, and "meguri" is the program itself.
    if name.contains(|c: char| c == '/' || c.is_control()) {
        return Err(said("名前に「/」や改行は使えません。".to_owned()));
    }
    if ["meguri", "sign-in", "serve", "demo", "doctor"].contains(&name.as_str()) {
        return Err(said(format!(
            "「{name}」はめぐり自身が使う名前です。別の名前にしてください。"
        )));
    }
    match (holder.from, holder.until) {
        (Some(from), Some(until)) if until < from => Err(said(
            "終わりの日が始まりの日より前です。日付を確かめてください。".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn is(one: &Value, name: &str) -> bool {
    one.as_str().or(one["name"].as_str()) == Some(name)
}

/// A holder without days is just the name.
fn written(holder: &Holder) -> Value {
    if holder.from.is_none() && holder.until.is_none() {
        return json!(holder.name);
    }
    let mut one = json!({ "name": holder.name });
    for (name, day) in [("from", holder.from), ("until", holder.until)] {
        if let Some(day) = day {
            one[name] = json!(day);
        }
    }
    one
}

fn object<'a>(
    file: &'a mut Value,
    id: &str,
) -> Result<&'a mut serde_json::Map<String, Value>, Refusal> {
    let roles = file.get_mut("roles").and_then(Value::as_array_mut);
    let mut roles = roles.into_iter().flatten();
    let role = roles.find(|role| role["id"] == id);
    let role = role.and_then(Value::as_object_mut);
    role.ok_or_else(|| {
        said(format!(
            "役割「{id}」はありません。一覧から選んでください。"
        ))
    })
}

fn holders<'a>(file: &'a mut Value, id: &str) -> Result<&'a mut Vec<Value>, Refusal> {
    let role = object(file, id)?;
    let holders = role.entry("holders").or_insert_with(|| json!([]));
    holders
        .as_array_mut()
        .ok_or_else(|| Refusal::Unreadable("municipality.json の holders".to_owned()))
}

pub(crate) fn read(text: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::Unreadable(error.to_string()))
}

pub(crate) fn printed(file: &Value) -> Result<String, Refusal> {
    let text = serde_json::to_string_pretty(file);
    let text = text.map_err(|error| Refusal::Unreadable(error.to_string()))?;
    Ok(format!("{text}\n"))
}

fn said(what: String) -> Refusal {
    Refusal::Cycle(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
      "slug": "kasou", "name": "架空市", "home_area": "city",
      "areas": [{ "id": "city", "name": "架空市", "level": "市" }],
      "roles": [
        { "id": "secretariat", "name": "事務局", "holders": ["山田 花子（架空）"] },
        { "id": "section_chief", "name": "課長", "holders": ["佐藤 次郎（架空）"] }
      ],
      "note": "架空です"
    }"#;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn hold(role: &str, name: &str, from: Option<&str>, until: Option<&str>) -> PeopleChange {
        let holder = Holder {
            name: name.to_owned(),
            from: from.map(day),
            until: until.map(day),
        };
        let role = role.to_owned();
        PeopleChange::Hold { role, holder }
    }

    fn after(changes: &[PeopleChange]) -> Result<Municipality, String> {
        let mut text = FILE.to_owned();
        for change in changes {
            text = changed(&text, day("2027-03-10"), change).map_err(|error| error.to_string())?;
        }
        assert!(text.contains("架空です"), "{text}");
        Ok(serde_json::from_str(&text).unwrap())
    }

    /// 4月1日の異動を3月10日に入れておく。
    #[test]
    fn the_move_of_april_is_entered_in_march() {
        let moved = after(&[
            hold("secretariat", "高橋 三郎（架空）", Some("2027-04-01"), None),
            hold("secretariat", "山田 花子（架空）", None, Some("2027-03-31")),
        ]);
        let moved = moved.unwrap();
        let role = moved.role("secretariat").unwrap();
        let on = |text: &str| role.holders_on(day(text)).collect::<Vec<_>>();
        assert_eq!(on("2027-03-31"), ["山田 花子（架空）"]);
        assert_eq!(on("2027-04-01"), ["高橋 三郎（架空）"]);
        assert_eq!(
            moved.access_of("高橋 三郎（架空）", day("2027-03-31")),
            None
        );
        assert_eq!(
            moved.access_of("高橋 三郎（架空）", day("2027-04-01")),
            Some(Access::Administrator)
        );
    }

    #[test]
    fn somebody_has_to_administer_on_every_day() {
        let yamada = "山田 花子（架空）";
        let remove = PeopleChange::Remove {
            role: "secretariat".to_owned(),
            name: yamada.to_owned(),
        };
        let less = PeopleChange::Allow {
            role: "secretariat".to_owned(),
            access: Some(Access::Secretariat),
        };
        let leave = PeopleChange::Leave {
            name: yamada.to_owned(),
            from: day("2027-03-10"),
        };
        for change in [remove, less, leave.clone()] {
            let refused = after(&[change]).unwrap_err();
            assert!(refused.contains("管理者がいなくなる"), "{refused}");
        }
        // A day between two people is a day without.
        let gap = after(&[
            hold("secretariat", "高橋 三郎（架空）", Some("2027-04-02"), None),
            hold("secretariat", yamada, None, Some("2027-03-31")),
        ]);
        let refused = gap.unwrap_err();
        assert!(
            refused.contains("2027-04-01から管理者がいなくなる"),
            "{refused}"
        );
        // With another one, all of it is possible.
        let suzuki = hold("secretariat", "鈴木 一郎（架空）", None, None);
        let left = after(&[suzuki, leave]).unwrap();
        assert_eq!(left.access_of(yamada, day("2027-03-10")), None);
        assert_eq!(
            left.access_of(yamada, day("2027-03-09")),
            Some(Access::Administrator)
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_sentence() {
        let long = "あ".repeat(61);
        for (change, why) in [
            (
                hold("mayor", "鈴木", None, None),
                "役割「mayor」はありません",
            ),
            (hold("section_chief", " ", None, None), "名前を入れて"),
            (hold("section_chief", &long, None, None), "60文字まで"),
            (hold("section_chief", "a/b", None, None), "「/」"),
            (hold("section_chief", "meguri", None, None), "めぐり自身"),
            (
                hold(
                    "section_chief",
                    "鈴木",
                    Some("2027-04-02"),
                    Some("2027-04-01"),
                ),
                "終わりの日が始まりの日より前",
            ),
        ] {
            let refused = after(&[change]).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
