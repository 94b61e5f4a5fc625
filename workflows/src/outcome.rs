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
/// A reopening step was asked again after its last allowed time.
pub const SPENT: &str = "spent";
