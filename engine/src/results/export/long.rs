//! The long form: one row for each answer, one option of a multiple item at a time.

use forms::{Item, Kind};
use papers::{Cell, Sheet};

use super::{DONT_KNOW, Export, NOT_IN_VERSION, Response, said, sheet, word};

/// One row for each answer: tidy data.
pub fn long(export: &Export<'_>) -> Sheet {
    let mut head = vec!["回答番号"];
    if export.named() {
        head.push("対象者");
    }
    head.extend([
        "設問ID",
        "設問",
        "行",
        "項目",
        "コード",
        "値",
        "数値",
        "単位",
        "空欄の区分",
    ]);
    let mut responses: Vec<&Response<'_>> = export.responses.rows.iter().collect();
    if !export.named() {
        responses.sort_by_cached_key(|response| format!("{:?}", export.row(response, &[])));
    }
    let mut rows = Vec::new();
    for (response, number) in responses.into_iter().zip(1..) {
        let mut start = vec![Cell::Integer(number)];
        if export.named() {
            start.push(Cell::Text(response.id.to_owned()));
        }
        export.answers(response, &mut |line: Answer| {
            let item = line.item;
            let mut cells = start.clone();
            cells.extend([
                Cell::Text(line.path),
                Cell::Text(item.title.clone()),
                line.row
                    .map_or(Cell::Blank, |row| Cell::Integer(row as i64 + 1)),
                line.part.map_or(Cell::Blank, Cell::Text),
                line.code.map_or(Cell::Blank, Cell::Text),
            ]);
            let numeric = matches!(item.kind, Kind::Integer { .. } | Kind::Decimal { .. });
            let (value, number) = match numeric {
                true => (Cell::Blank, line.value),
                false => (line.value, Cell::Blank),
            };
            let unit = item
                .unit()
                .map_or(Cell::Blank, |unit| Cell::Text(unit.to_owned()));
            let blank = line
                .blank
                .map_or(Cell::Blank, |blank| Cell::Text(blank.to_owned()));
            cells.extend([value, number, unit, blank]);
            rows.push(cells);
        });
    }
    sheet(
        "縦持ち",
        head.into_iter().map(str::to_owned).collect(),
        rows,
    )
}

/// A line of the long form.
struct Answer<'a> {
    path: String,
    item: &'a Item,
    row: Option<usize>,
    /// The row of a matrix.
    part: Option<String>,
    code: Option<String>,
    value: Cell,
    blank: Option<&'static str>,
}

impl<'a> Export<'a> {
    /// Every answer of a response, one option of a multiple item at a time.
    fn answers(&self, response: &Response<'_>, found: &mut dyn FnMut(Answer<'a>)) {
        for item in self.responses.form.items() {
            let id = item.id.to_string();
            match &item.kind {
                Kind::Matrix { rows, .. } => {
                    for row in rows {
                        let path = format!("{id}.{}", row.id);
                        let blank = self.blank(response, item, Some(&row.id));
                        self.answer(
                            response,
                            item,
                            (&path, &path),
                            blank,
                            None,
                            Some(&row.title),
                            found,
                        );
                    }
                }
                Kind::Repeat { items, .. } => {
                    let form = response.version.unwrap_or(self.responses.form);
                    let states = form.states_in_rows(response.answers, &id);
                    for (row, states) in states.iter().enumerate() {
                        for (at, inner) in items.iter().enumerate() {
                            let blank = states
                                .get(at)
                                .map_or(Some(NOT_IN_VERSION), |state| said(*state));
                            let paths = (
                                format!("{id}.{}", inner.id),
                                format!("{id}.{row}.{}", inner.id),
                            );
                            self.answer(
                                response,
                                inner,
                                (&paths.0, &paths.1),
                                blank,
                                Some(row),
                                None,
                                found,
                            );
                        }
                    }
                }
                _ => {
                    let blank = self.blank(response, item, None);
                    self.answer(response, item, (&id, &id), blank, None, None, found);
                }
            }
        }
    }

    fn blank(
        &self,
        response: &Response<'_>,
        item: &Item,
        row: Option<&str>,
    ) -> Option<&'static str> {
        let form = response.version.unwrap_or(self.responses.form);
        match form.item(item.id.as_str()) {
            Some(asked) => said(form.state(response.answers, asked, row)),
            None => Some(NOT_IN_VERSION),
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the columns of the long form, once each"
    )]
    fn answer(
        &self,
        response: &Response<'_>,
        item: &'a Item,
        (path, place): (&str, &str),
        blank: Option<&'static str>,
        row: Option<usize>,
        part: Option<&str>,
        found: &mut dyn FnMut(Answer<'a>),
    ) {
        let line = |code: Option<String>, value: Cell| Answer {
            path: path.to_owned(),
            item,
            row,
            part: part.map(str::to_owned),
            code,
            value,
            blank,
        };
        if blank.is_some() && blank != Some(DONT_KNOW) {
            return found(line(None, Cell::Blank));
        }
        match item.options() {
            [] => found(line(None, self.value(response, item, place))),
            _ => {
                for code in response.answers.codes(place) {
                    found(line(Some(code.to_owned()), Cell::Text(word(item, code))));
                }
            }
        }
    }
}
