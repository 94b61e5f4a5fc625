//! The roster in the hands of the secretariat: a spreadsheet is looked at row by row before anything changes.

use axum::http::StatusCode;
use engine::year::Door;

use crate::form::{Browser, Form};
use crate::sent;
use crate::site::Site;

const IMPORT: &str = "/kasou/rosters/offices/import";
const ROSTER: &str = "/kasou/rosters/offices";

async fn desk(site: &Site) -> Browser<'_> {
    let person = "山田 花子（架空）".to_owned();
    let link = site.link(9, Door::SignIn { person }).await;
    let mut browser = Browser::new(site);
    let enter = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    browser.press(&enter, None).await;
    browser
}

/// Chooses a file and shows what would become of it.
async fn chosen(
    site: &Site,
    desk: &mut Browser<'_>,
    name: &str,
    bytes: &[u8],
) -> crate::form::Page {
    let page = desk.open(IMPORT).await;
    let cookie = desk.cookie.clone().expect("signed in");
    let answer = sent::file(site, &cookie, &page.form("/import"), name, bytes).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    desk.open(answer.header("location")).await
}

/// The ids of the roster as it is now.
fn ids(site: &Site) -> Vec<String> {
    let year = site.app.years.get("kasou").expect("the municipality");
    let roster = &year.pack.rosters["offices"];
    roster
        .respondents
        .iter()
        .map(|one| one.id.clone())
        .collect()
}

#[tokio::test]
async fn a_spreadsheet_changes_the_roster_once_it_is_confirmed() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    // Shift_JIS, as Excel writes 「CSV（コンマ区切り）」: the same K001, a new one with 髙﨑, and a wrong row.
    let text = "管理番号,事業所名,種別\r\nK001,ケアプランあおぞら（架空）,居宅介護支援事業所\r\nK010,髙﨑ｹｱﾌﾟﾗﾝ（架空）,居宅介護支援事業所\r\nK011,=cmd|' /C calc'!A0,薬局\r\n";
    let bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    assert!(std::str::from_utf8(&bytes).is_err());
    let review = chosen(&site, &mut desk, "名簿.csv", &bytes).await;
    review.expect(&[
        "「名簿.csv」を取り込むと",
        "髙﨑ケアプラン（架空）",
        "「種別」の「薬局」は決められた値ではありません。",
        "居宅介護支援事業所 のどれかにしてください",
        "=cmd|",
        "ファイルにない2件",
        "半角カナを全角にします",
    ]);
    assert_eq!(
        ids(&site),
        ["K001", "K002", "H01"],
        "nothing has happened yet"
    );

    // A row that is wrong is not passed over in silence.
    let refused = desk.press(&review.form("/confirm"), None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["直すところのある行が1行あります", "髙﨑ケアプラン（架空）"]);
    let done = desk
        .press(&refused.form("/confirm").with("leave", "1"), None)
        .await;
    assert_eq!(
        (done.status, done.path.as_str()),
        (StatusCode::OK, ROSTER),
        "{}",
        done.html
    );
    done.expect(&["髙﨑ケアプラン（架空）", "4件"]);
    assert_eq!(ids(&site), ["K001", "K002", "H01", "K010"]);
    // The file was dealt with: it cannot be confirmed again.
    let again = desk
        .press(&review.form("/confirm").with("leave", "1"), None)
        .await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);

    // The survey that runs asks whom it asked; adding is an act of its own.
    let survey = desk.open("/kasou/surveys/discharge").await;
    survey.expect(&["対象に加える（追加）", "髙﨑ケアプラン（架空）"]);
    assert_eq!(
        site.app
            .years
            .get("kasou")
            .expect("it")
            .unanswered("discharge-2026")
            .await
            .len(),
        3
    );
    // Changed by the page, the pack is journaled as such.
    assert!(site.year.state(|state| state.head) > 0);
}

#[tokio::test]
async fn those_whom_the_file_does_not_have_go_only_when_that_is_chosen() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let text = "管理番号,事業所名,種別\nK001,ケアプランあおぞら（架空）,居宅介護支援事業所\n";
    let review = chosen(&site, &mut desk, "a.csv", text.as_bytes()).await;
    let kept = desk.press(&review.form("/confirm"), None).await;
    assert_eq!(kept.status, StatusCode::CONFLICT);
    kept.expect(&["変わるところがない"]);
    let mut drop = kept.form("/confirm");
    drop.fields.retain(|(name, _)| name != "gone");
    let done = desk.press(&drop.with("gone", "drop"), None).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    assert_eq!(ids(&site), ["K001"]);
}

#[tokio::test]
async fn columns_can_be_chosen_and_who_looks_late_is_told() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let text = "番号;よび名;区分\nK001;新しい名（架空）;居宅介護支援事業所\n";
    let review = chosen(&site, &mut desk, "b.csv", text.as_bytes()).await;
    review.expect(&["番号と名称の列が見つかりません"]);
    assert!(!review.html.contains("名簿に取り込む"));
    let review = desk
        .open(&format!("{IMPORT}?at.office_id=0&at.name=1&at.kind=2"))
        .await;
    review.expect(&["新しい名（架空）", "<ins>"]);
    let confirm = review.form("/confirm");

    // Meanwhile somebody mends a row by hand.
    let row = desk.open(&format!("{ROSTER}/row?id=K002")).await;
    let row = row
        .form("/row")
        .set("c.name", &["ひなた改（架空）"])
        .with("c.kind", "kyotaku");
    assert_eq!(desk.press(&row, None).await.status, StatusCode::OK);
    let late = desk.press(&confirm, None).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.expect(&["名簿がほかの人によって変わりました", "新しい名（架空）"]);
    let done = desk.press(&late.form("/confirm"), None).await;
    done.expect(&["新しい名（架空）", "ひなた改（架空）"]);
}

#[tokio::test]
async fn what_is_no_table_is_told_and_nothing_is_kept_of_others() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let page = chosen(
        &site,
        &mut desk,
        "<b>写真.png",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    )
    .await;
    page.expect(&["表として読めないファイルです", "&lt;b&gt;写真"]);
    let page = chosen(
        &site,
        &mut desk,
        "古い.xls",
        &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
    )
    .await;
    page.expect(&["古い形式（.xls）か、パスワードのついた", "名前を付けて保存"]);
    let cookie = desk.cookie.clone().expect("signed in");
    let form = page.form("/import");
    let large = sent::file(&site, &cookie, &form, "a.csv", &vec![b'a'; 5 << 20]).await;
    assert_eq!(large.status, StatusCode::BAD_REQUEST);
    assert!(
        large.text().contains("4 MB を超えています"),
        "{}",
        large.text()
    );
    let nothing = sent::file(&site, &cookie, &form, "", b"").await;
    assert!(
        nothing.text().contains("ファイルを選んでください"),
        "{}",
        nothing.text()
    );
    let mut forged = form.clone();
    forged.fields.retain(|(name, _)| name != "_csrf");
    let forged = sent::file(&site, &cookie, &forged, "a.csv", b"a").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    // A file waits for the one who chose it.
    let other = site.session("鈴木 一郎（架空）").await;
    let theirs = site.get_as(&other, IMPORT).await.text();
    assert!(!theirs.contains("古い"), "{theirs}");
    let chief = site.session("佐藤 次郎（架空）").await;
    for path in [
        IMPORT,
        ROSTER,
        "/kasou/rosters",
        "/kasou/rosters/offices/roster.csv",
    ] {
        assert_eq!(
            site.get_as(&chief, path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_row_that_is_typed_is_checked_like_one_of_a_file() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let page = desk.open(&format!("{ROSTER}/row")).await;
    let typed = |id: &str, name: &str, kind: &str| {
        let form = page
            .form("/row")
            .set("c.office_id", &[id])
            .set("c.name", &[name]);
        form.with("c.kind", kind)
    };
    for (form, told) in [
        (
            typed("K 0/1", "名前", "kyotaku"),
            "「管理番号」の「K 0/1」は使えません",
        ),
        (typed("K009", "", "kyotaku"), "「事業所名」が空です"),
        (typed("K009", "名前", ""), "「種別」が空です"),
        (
            typed("K001", "名前", "kyotaku"),
            "「K001」は、すでに名簿にあります",
        ),
    ] {
        let refused = desk.press(&form, None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        refused.expect(&[&told.replace('/', "&#x2f;")]);
    }
    let added = desk
        .press(
            &typed("Ｋ００９", "<script>alert(1)</script>🌸", "houkatsu"),
            None,
        )
        .await;
    added.expect(&["K009", "&lt;script&gt;"]);
    assert!(!added.html.contains("<script>alert"));
    assert_eq!(ids(&site), ["K001", "K002", "H01", "K009"]);
    let row = desk.open(&format!("{ROSTER}/row?id=K009")).await;
    let gone = desk.press(&row.form("/remove"), None).await;
    assert_eq!(gone.status, StatusCode::OK);
    assert_eq!(ids(&site), ["K001", "K002", "H01"]);
    assert_eq!(
        desk.open(&format!("{ROSTER}/row?id=K009")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn files_that_leave_are_harmless_in_a_spreadsheet() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let page = desk.open(&format!("{ROSTER}/row")).await;
    let form = page
        .form("/row")
        .set("c.office_id", &["K009"])
        .set("c.name", &["=cmd|' /C calc'!A0"]);
    desk.press(&form.with("c.kind", "kyotaku"), None).await;
    let csv = desk.file(&format!("{ROSTER}/roster.csv")).await;
    assert!(
        csv.body
            .starts_with("\u{feff}管理番号,事業所名,種別\n".as_bytes())
    );
    assert!(
        csv.text()
            .contains("K009,'=cmd|' /C calc'!A0,居宅介護支援事業所"),
        "{}",
        csv.text()
    );
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"offices.csv\""
    );
    // In the pack it is what was typed.
    let year = site.app.years.get("kasou").expect("the municipality");
    let files = site.app.years.files(&year).await.expect("texts");
    let text = files.get("rosters/offices.csv").expect("the roster");
    assert!(
        text.contains("K009,=cmd|' /C calc'!A0,居宅介護支援事業所"),
        "{text}"
    );
    for name in ["roster.xlsx", "template.xlsx"] {
        let workbook = desk.file(&format!("{ROSTER}/{name}")).await;
        assert!(workbook.body.starts_with(b"PK"), "{name}");
        // Taken over again, nothing changes.
        if name == "roster.xlsx" {
            let review = chosen(&site, &mut desk, name, &workbook.body).await;
            assert_eq!(
                review.html.matches("<dd>0件</dd>").count(),
                4,
                "{}",
                review.html
            );
            review.expect(&["<dd>4件</dd>"]);
        }
    }
}
