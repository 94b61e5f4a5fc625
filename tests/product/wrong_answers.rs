//! Responses that are refused: `cases/err_*.json`, each with what is posted and what comes back.
//! Nothing of them is stored.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::site::Site;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The body as JSON.
    #[serde(default)]
    body: Option<Value>,
    /// The body as it is, for what is no JSON.
    #[serde(default)]
    text: Option<String>,
    /// Puts a long text into the body: at this JSON pointer, this text, so often.
    #[serde(default)]
    long: Option<(String, String, usize)>,
    /// Wraps the body's answers in so many arrays.
    #[serde(default)]
    deep: Option<usize>,
    status: u16,
    answer: Value,
}

impl Case {
    fn posted(&self) -> String {
        let mut body = self.body.clone().unwrap_or(Value::Null);
        if let Some((pointer, text, times)) = &self.long {
            *body.pointer_mut(pointer).expect("the place of the text") =
                Value::from(text.repeat(*times));
        }
        match (&self.text, self.deep) {
            (Some(text), _) => text.clone(),
            (None, Some(depth)) => format!(
                r#"{{"answers":{{"rule_used":"no","discharged":1,"coordinated":1,"why_not":{}{}}}}}"#,
                "[".repeat(depth),
                "]".repeat(depth)
            ),
            (None, None) => body.to_string(),
        }
    }
}

#[tokio::test]
async fn every_wrong_response_is_refused_and_nothing_is_stored() {
    let site = Site::open().await;
    let path = format!("/kasou/api/r/{}", site.respondent(1, "K001").await);
    let before = site.stored().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("cases")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    assert!(files.len() >= 10, "only {} cases", files.len());
    let mut differ = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a case");
        let case: Case = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let answer = site.post_json(&path, case.posted()).await;
        let found = serde_json::from_slice(&answer.body).unwrap_or_else(|_| json!(answer.text()));
        if (answer.status.as_u16(), &found) != (case.status, &case.answer) {
            differ.push(format!(
                "{}: {}\n{}",
                file.display(),
                answer.status,
                serde_json::to_string_pretty(&found).expect("JSON")
            ));
        }
        assert!(
            site.stored().await == before,
            "{} left something behind",
            file.display()
        );
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    // The link still works.
    let right = json!({ "answers": { "rule_used": "yes", "discharged": 2, "coordinated": 1 } });
    assert_eq!(site.post_json(&path, right.to_string()).await.status, 200);
}
