//! Outcomes with a meaning of their own; a gate has any others it likes.

/// A task was done, an effect or a computation succeeded.
pub const DONE: &str = "done";
/// Every role that had to approve did.
pub const APPROVED: &str = "approved";
/// 差戻し: back to an earlier step.
pub const SENDBACK: &str = "sendback";
/// A collection reached its deadline or was closed.
pub const CLOSED: &str = "closed";
/// A signal came.
pub const RECEIVED: &str = "received";
/// A child cycle was given up before its end.
pub const TERMINATED: &str = "terminated";
/// A gate's word for: it is not yet time. It settles nothing.
pub const WAIT: &str = "wait";
/// A reopening step was asked again after its last allowed time.
pub const SPENT: &str = "spent";
/// Its condition did not come true.
pub const SKIPPED: &str = "skipped";
/// A person ended it.
pub const CANCELLED: &str = "cancelled";

/// The outcome as a clerk reads it; a gate's own outcomes are already the municipality's words.
pub fn in_words(outcome: &str) -> &str {
    match outcome {
        DONE => "完了",
        APPROVED => "決裁",
        SENDBACK => "差戻し",
        CLOSED => "締切",
        RECEIVED => "受領",
        TERMINATED => "中止",
        SPENT => "上限に達した",
        CANCELLED => "取りやめ",
        SKIPPED => "行わない",
        other => other,
    }
}
