//! Marginals tied together by a multivariate normal.

use super::{Fitted, Generator, GeneratorError};
use crate::data::Table;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};

/// Gaussian copula.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GaussianCopula {}

impl Generator for GaussianCopula {
    fn fit(&self, _: &Table, _: Seed, _: &dyn Progress) -> Result<Box<dyn Fitted>, GeneratorError> {
        Err(GeneratorError::Failed { method: "gaussian-copula", reason: "not there yet".into() })
    }
}
