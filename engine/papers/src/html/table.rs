//! Tables in HTML: grouped heads with their scope, the first column as heads of the rows.

use super::{Writer, escape};
use crate::table::{Align, Table};

impl Writer<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        // A wide table scrolls in its own frame, by keyboard too.
        self.push(
            "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"表\">\n<table>\n",
        );
        if let Some(caption) = &table.caption {
            self.element("caption", "caption", caption);
        }
        self.push("<thead>\n");
        for row in table.head_rows() {
            self.push("<tr>");
            for cell in row {
                // A blank corner heads nothing.
                let name = if cell.text.is_empty() { "td" } else { "th" };
                let scope = match (name, cell.columns) {
                    ("td", _) => "",
                    (_, 1) => " scope=\"col\"",
                    _ => " scope=\"colgroup\"",
                };
                self.open(format_args!("<{name}{scope}"));
                if cell.columns > 1 {
                    self.open(format_args!(" colspan=\"{}\"", cell.columns));
                }
                if cell.rows > 1 {
                    self.open(format_args!(" rowspan=\"{}\"", cell.rows));
                }
                self.open(format_args!(">{}</{name}>", escape(&cell.text)));
            }
            self.push("</tr>\n");
        }
        self.push("</thead>\n<tbody>\n");
        for row in &table.rows {
            self.push("<tr>");
            for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                let name = if index == 0 && table.names_rows() {
                    "th"
                } else {
                    "td"
                };
                let scope = if name == "th" { " scope=\"row\"" } else { "" };
                let class = match column.align {
                    Align::Start => "",
                    Align::Center => " class=\"center\"",
                    Align::End => " class=\"end\"",
                };
                self.open(format_args!("<{name}{scope}{class}>"));
                self.inlines(cell);
                self.open(format_args!("</{name}>"));
            }
            self.push("</tr>\n");
        }
        self.push("</tbody>\n</table>\n");
        for note in &table.notes {
            self.note(note);
        }
        self.push("</div>\n");
    }
}
