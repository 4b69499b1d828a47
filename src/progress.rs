//! How long work tells how far it is, without knowing who listens.

/// Receives the progress of one piece of work. `()` listens to nothing.
pub trait Progress: Sync {
    /// Work called `what` begins; it has `total` steps.
    fn start(&self, what: &str, total: u64);
    /// `steps` more steps are done.
    fn advance(&self, steps: u64);
    /// A short remark on the current state, such as the loss.
    fn note(&self, text: &str);
    /// The work begun last is over.
    fn finish(&self);
}

impl Progress for () {
    fn start(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
    fn finish(&self) {}
}
