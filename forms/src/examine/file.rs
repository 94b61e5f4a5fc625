//! Files: that it is one, of a kind and size that the item takes.

use serde_json::Value;

use super::item::{Clean, Outcome};
use crate::file::{File, FileKind};
use crate::issue::Issue;
use crate::item::{Item, Kind};
use crate::messages::Complaint;

pub(super) fn file<'a>(kinds: &'a [FileKind], megabytes: u64, raw: &Value) -> Outcome<'a> {
    let Some(file) = File::read(raw) else {
        return Err(Complaint::WrongType);
    };
    if file.bytes > megabytes << 20 {
        return Err(Complaint::FileTooLarge { megabytes });
    }
    if !kinds.iter().any(|kind| kind.is_called(&file.name)) {
        return Err(Complaint::FileKind { kinds });
    }
    Ok(Clean::value(raw.clone()))
}

impl Item {
    /// Whether this item takes a file, looked at before it is kept anywhere.
    ///
    /// # Errors
    /// The issue to show at the item: too large, empty, or of another kind.
    pub fn accepts(&self, name: &str, content: &[u8]) -> Result<(), Box<Issue>> {
        let complaint = match &self.kind {
            Kind::File { megabytes, .. } if content.len() as u64 > megabytes << 20 => {
                Complaint::FileTooLarge {
                    megabytes: *megabytes,
                }
            }
            Kind::File { kinds, .. } if !kinds.iter().any(|kind| kind.fits(name, content)) => {
                Complaint::FileKind { kinds }
            }
            Kind::File { .. } => return Ok(()),
            _ => Complaint::WrongType,
        };
        Err(Box::new(Issue {
            item: self.id.to_string(),
            code: complaint.code(),
            severity: complaint.severity(),
            message: complaint.japanese(&self.title),
        }))
    }
}
