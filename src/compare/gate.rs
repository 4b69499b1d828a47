//! What counts as a regression.

use super::CompareError;
use serde::{Deserialize, Serialize};

/// Tolerances of `synthctr compare`: `[gate]` of an experiment. They determine no result, so they
/// take no part in fingerprints.
///
/// Tolerances are losses of means over cells and seeds; a gain of any size is none. They matter
/// only for changes that are meant: everything else must give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// Test AUC, in points (hundredths). Default: 0.02.
    pub auc: f64,
    /// Cross-entropy on the test rows. Default: 0.001.
    pub logloss: f64,
    /// Expected calibration error on the test rows, a fraction. Default: 0.002.
    pub calibration: f64,
    /// Quality score of synthetic rows, in points. Default: 0.2.
    pub fidelity: f64,
    /// AUC of the strongest membership attack, in points. Default: 0.5.
    pub attack: f64,
    /// Share of synthetic rows that stand in train, in points. Default: 0.5.
    pub identical: f64,
    /// Share of synthetic rows that break a constraint, in points, where some did before; where
    /// none did, one such row is too many. Default: 0.
    pub violations: f64,
    /// How probable a red light is at most without any change, over all means that are judged.
    /// Default: 0.001.
    pub false_alarms: f64,
    /// Processor time, as a share of BASE's. Default: 0.02.
    pub time: f64,
    /// Peak memory, as a share of BASE's. Default: 0.05.
    pub memory: f64,
    /// Number of instructions, as a share of BASE's. Default: 0.005.
    pub instructions: f64,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            auc: 0.02,
            logloss: 0.001,
            calibration: 0.002,
            fidelity: 0.2,
            attack: 0.5,
            identical: 0.5,
            violations: 0.0,
            false_alarms: 0.001,
            time: 0.02,
            memory: 0.05,
            instructions: 0.005,
        }
    }
}

impl Gate {
    /// Checks what the types do not.
    pub fn check(&self) -> Result<(), CompareError> {
        let tolerances = [
            ("auc", self.auc),
            ("logloss", self.logloss),
            ("calibration", self.calibration),
            ("fidelity", self.fidelity),
            ("attack", self.attack),
            ("identical", self.identical),
            ("violations", self.violations),
            ("time", self.time),
            ("memory", self.memory),
            ("instructions", self.instructions),
        ];
        for (name, value) in tolerances {
            if !(value.is_finite() && value >= 0.0) {
                let message = format!("gate.{name} is {value}; it must be a number of at least 0");
                return Err(CompareError::Setting(message));
            }
        }
        let rate = self.false_alarms;
        if !(1e-9..=0.5).contains(&rate) {
            let message = format!("gate.false_alarms is {rate}; it must be from 1e-9 to 0.5");
            return Err(CompareError::Setting(message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid_and_unknown_keys_are_not() {
        assert_eq!(toml::from_str::<Gate>("").unwrap(), Gate::default());
        assert!(Gate::default().check().is_ok());
        assert!(toml::from_str::<Gate>("acu = 1.0").is_err());
    }

    #[test]
    fn values_out_of_range_are_named() {
        for (key, value) in [("auc", "-1.0"), ("memory", "nan"), ("false_alarms", "0.0")] {
            let gate: Gate = toml::from_str(&format!("{key} = {value}")).unwrap();
            assert!(gate.check().unwrap_err().to_string().contains(&format!("gate.{key}")));
        }
    }
}
