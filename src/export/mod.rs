//! Results in the forms of the tools that people have.

mod mlflow;

pub use mlflow::{Exported, mlflow};
