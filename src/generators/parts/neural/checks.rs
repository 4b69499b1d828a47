//! Ranges of a neural generator's settings.

use crate::generators::error::GeneratorError;

/// Wider layers than this are a mistyped number: two of them would take a gigabyte.
const MAX_UNITS: usize = 16_384;

/// More passes over the rows than this are a mistyped number: nobody waits for them.
const MAX_EPOCHS: usize = 1_000_000;

/// Likewise steps. The counts of both, and products with numbers of rows, stay far within 64 bits.
const MAX_STEPS: usize = 1_000_000_000;

/// Checks the settings of the generator of this name.
pub struct Checks(pub &'static str);

impl Checks {
    fn require(
        &self,
        holds: bool,
        name: &str,
        value: impl std::fmt::Debug,
        range: &str,
    ) -> Result<(), GeneratorError> {
        if holds {
            return Ok(());
        }
        Err(GeneratorError::Setting(format!("{}.{name} is {value:?}; it must be {range}", self.0)))
    }

    /// A number that is at least 1.
    pub fn at_least_1(&self, name: &str, value: usize) -> Result<(), GeneratorError> {
        self.require(value >= 1, name, value, "at least 1")
    }

    fn at_most(&self, name: &str, value: usize, most: usize) -> Result<(), GeneratorError> {
        self.require(value <= most, name, value, &format!("at most {most}"))
    }

    /// A number from `least` to `most`.
    pub fn within(
        &self,
        name: &str,
        value: usize,
        least: usize,
        most: usize,
    ) -> Result<(), GeneratorError> {
        let range = format!("{least} to {most}");
        self.require((least..=most).contains(&value), name, value, &range)
    }

    /// Passes over the rows.
    pub fn epochs(&self, value: usize) -> Result<(), GeneratorError> {
        self.at_least_1("epochs", value)?;
        self.at_most("epochs", value, MAX_EPOCHS)
    }

    /// Steps of a training.
    pub fn steps(&self, value: usize) -> Result<(), GeneratorError> {
        self.at_least_1("steps", value)?;
        self.at_most("steps", value, MAX_STEPS)
    }

    /// The width of a layer, or of what goes into one.
    pub fn units(&self, name: &str, value: usize) -> Result<(), GeneratorError> {
        self.within(name, value, 1, MAX_UNITS)
    }

    /// A number that can be halved.
    pub fn even(&self, name: &str, value: usize) -> Result<(), GeneratorError> {
        self.require(value.is_multiple_of(2), name, value, "an even number")
    }

    /// A finite number above 0.
    pub fn above_0(&self, name: &str, value: f64) -> Result<(), GeneratorError> {
        self.require(value.is_finite() && value > 0.0, name, value, "a finite number above 0")
    }

    /// A finite number from 0.
    pub fn not_negative(&self, name: &str, value: f64) -> Result<(), GeneratorError> {
        self.require(value.is_finite() && value >= 0.0, name, value, "a finite number from 0")
    }

    /// A number from 0 that is below 1.
    pub fn share(&self, name: &str, value: f64) -> Result<(), GeneratorError> {
        self.require((0.0..1.0).contains(&value), name, value, "at least 0 and below 1")
    }

    /// Widths of hidden layers.
    pub fn layers(&self, name: &str, widths: &[usize]) -> Result<(), GeneratorError> {
        let holds = !widths.is_empty() && widths.iter().all(|w| (1..=MAX_UNITS).contains(w));
        let range = format!("at least one layer, each of 1 to {MAX_UNITS} units");
        self.require(holds, name, widths, &range)
    }
}
