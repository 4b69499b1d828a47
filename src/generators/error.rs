//! What can go wrong with a generator.

/// Why a generator cannot be chosen, fitted or sampled.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    /// Nothing to learn the asked label from.
    #[error("no training row has label {label}; {method} needs at least {needed}")]
    TooFewRows {
        /// The generator.
        method: &'static str,
        /// The label asked for.
        label: u8,
        /// Rows needed.
        needed: usize,
    },
    /// A generator or conditioning that does not exist, and what does.
    #[error("{0}")]
    Unknown(String),
    /// A hyperparameter outside its range.
    #[error("{0}")]
    Setting(String),
    /// A group of fields that cannot be kept together.
    #[error("constraint [{group}]: {reason}")]
    Constraint {
        /// The group as given.
        group: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No field can be read as a number.
    #[error(
        "no field is one of numbers: outside the constraints none was cut into bins or has more than \
         10 values that are all integers; name the fields that are numbers, or read categories"
    )]
    NoNumbers,
    /// A field that cannot be read as a number.
    #[error("the field `{field}` cannot be read as numbers: {reason}")]
    Number {
        /// The field.
        field: String,
        /// Why not.
        reason: String,
    },
    /// A loss stopped being a number, or the weights that the last step left did.
    #[error(
        "{method}: the loss is {loss} at step {step} of epoch {epoch}; a lower learning rate may help"
    )]
    Diverged {
        /// The generator.
        method: &'static str,
        /// The loss; of broken weights, that of no step.
        loss: f64,
        /// The epoch, from 1.
        epoch: usize,
        /// The step of the epoch, from 1.
        step: usize,
    },
    /// A saved generator that cannot be written or read.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Anything else, said in full.
    #[error("{method}: {reason}")]
    Failed {
        /// The generator.
        method: &'static str,
        /// What went wrong and what to do.
        reason: String,
    },
}
