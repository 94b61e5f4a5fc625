//! What the Word library has no word for, put into the parts of the package: the repeated head of a
//! table, the language, the fonts' other names, titles and descriptions.

use docx_rs::XMLDocx;

use super::DocxError;
use super::styles::{GOTHIC, MINCHO};
use super::table::{HEAD_ROW, ROW};
use crate::chart::Chart;
use crate::document::Document;
use crate::html::escape;

pub(super) fn complete(
    mut parts: XMLDocx,
    document: &Document,
    charts: &[&Chart],
) -> Result<XMLDocx, DocxError> {
    parts.document = body(text(&parts.document, "document.xml")?, charts)?.into_bytes();
    parts.styles = defaults(text(&parts.styles, "styles.xml")?)?.into_bytes();
    parts.font_table = font_table().into_bytes();
    parts.doc_props.core = core(
        text(&parts.doc_props.core, "core.xml")?,
        &document.head.title,
    )?
    .into_bytes();
    Ok(parts)
}

fn text<'a>(part: &'a [u8], name: &'static str) -> Result<&'a str, DocxError> {
    std::str::from_utf8(part).map_err(|_| DocxError::Part(name))
}

fn body(xml: &str, charts: &[&Chart]) -> Result<String, DocxError> {
    let head = format!(r#"<w:trHeight w:val="{HEAD_ROW}" w:hRule="atLeast" />"#);
    let repeated = format!(r#"<w:trHeight w:val="{ROW}" w:hRule="atLeast" /><w:tblHeader />"#);
    let xml = xml.replace(&head, &repeated);
    let mut pieces = xml.split(r#"<wp:docPr id="1" name="Figure" />"#);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    let mut drawn = charts.iter().enumerate();
    for piece in pieces {
        let (index, chart) = drawn.next().ok_or(DocxError::Part("wp:docPr"))?;
        let words = escape(&format!("{}。{}", chart.title, chart.described()));
        let id = index + 1;
        out.push_str(&format!(
            r#"<wp:docPr id="{id}" name="図{id}" descr="{words}" />{piece}"#
        ));
    }
    match drawn.next() {
        Some(_) => Err(DocxError::Part("wp:docPr")),
        None => Ok(out),
    }
}

/// Japanese for what is Japanese: line breaking, proofing, screen readers. Between Latin letters or
/// digits and Japanese there is none of the space that Word would add: the widths of columns and
/// indents are counted in characters.
fn defaults(xml: &str) -> Result<String, DocxError> {
    let language = r#"<w:lang w:val="ja-JP" w:eastAsia="ja-JP" w:bidi="ar-SA" />"#;
    let close = r#"<w:autoSpaceDE w:val="0" /><w:autoSpaceDN w:val="0" />"#;
    let runs = "</w:rPr></w:rPrDefault>";
    let normal = r#"<w:style w:type="paragraph" w:styleId="Normal"><w:name w:val="Normal" /><w:rPr /><w:pPr>"#;
    if !xml.contains(runs) || !xml.contains(normal) {
        return Err(DocxError::Part("w:docDefaults"));
    }
    let xml = xml.replacen(runs, &format!("{language}{runs}"), 1);
    // Paragraphs that name no style take this one only if it says so.
    let default = normal.replacen("<w:style ", r#"<w:style w:default="1" "#, 1);
    Ok(xml.replacen(normal, &format!("{default}{close}"), 1))
}

fn font_table() -> String {
    let font = |name: &str, other: &str, family: &str| {
        format!(
            r#"<w:font w:name="{name}"><w:altName w:val="{other}" /><w:charset w:val="80" /><w:family w:val="{family}" /><w:pitch w:val="fixed" /></w:font>"#
        )
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}{}</w:fonts>"#,
        font(MINCHO, "BIZ UD明朝 Medium", "roman"),
        font(GOTHIC, "BIZ UDゴシック", "modern"),
    )
}

fn core(xml: &str, title: &str) -> Result<String, DocxError> {
    let end = "</cp:coreProperties>";
    if !xml.contains(end) {
        return Err(DocxError::Part("cp:coreProperties"));
    }
    let title = escape(title);
    let added = format!("<dc:language>ja-JP</dc:language><dc:title>{title}</dc:title>{end}");
    Ok(xml.replace("unknown", "").replacen(end, &added, 1))
}
