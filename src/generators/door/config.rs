//! Settings of the generators, with the published values as defaults.

use super::kind::{GeneratorKind, Reading};
use crate::generators::contract::Generator;
use crate::generators::error::GeneratorError;
use crate::generators::methods::{
    CopulaGan, Ctgan, GaussianCopula, Independent, Resample, Smoten, TabDdpm, Tvae, UniformItem,
};
use crate::generators::parts::neural::{Preset, Presets};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The one setting that is of no account where all fields are categories.
const OF_NUMBERS: &str = "marginal";

/// A generator and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "generator")]
pub enum GeneratorConfig {
    /// SMOTEN.
    Smoten(Smoten),
    /// Gaussian copula.
    GaussianCopula(GaussianCopula),
    /// CTGAN.
    Ctgan(Ctgan),
    /// CopulaGAN.
    CopulaGan(CopulaGan),
    /// TVAE.
    Tvae(Tvae),
    /// TabDDPM.
    #[serde(rename = "tabddpm")]
    TabDdpm(TabDdpm),
    /// Bootstrap copies of real rows.
    Resample(Resample),
    /// Every field from its marginal given the label.
    Independent(Independent),
    /// A real context with a uniformly drawn item.
    UniformItem(UniformItem),
}

impl GeneratorConfig {
    /// The generator of this kind with its default settings.
    pub fn new(kind: GeneratorKind) -> Self {
        match kind {
            GeneratorKind::Smoten => Self::Smoten(Smoten::default()),
            GeneratorKind::GaussianCopula => Self::GaussianCopula(GaussianCopula::default()),
            GeneratorKind::Ctgan => Self::Ctgan(Ctgan::default()),
            GeneratorKind::CopulaGan => Self::CopulaGan(CopulaGan::default()),
            GeneratorKind::Tvae => Self::Tvae(Tvae::default()),
            GeneratorKind::TabDdpm => Self::TabDdpm(TabDdpm::default()),
            GeneratorKind::Resample => Self::Resample(Resample::default()),
            GeneratorKind::Independent => Self::Independent(Independent::default()),
            GeneratorKind::UniformItem => Self::UniformItem(UniformItem::default()),
        }
    }

    /// The generator of this kind with the settings of a preset, if it has presets: the others have
    /// but one set of settings.
    pub fn preset(kind: GeneratorKind, preset: Preset) -> Self {
        match kind {
            GeneratorKind::Ctgan => Self::Ctgan(Ctgan::preset(preset)),
            GeneratorKind::CopulaGan => Self::CopulaGan(CopulaGan::preset(preset)),
            GeneratorKind::Tvae => Self::Tvae(Tvae::preset(preset)),
            GeneratorKind::TabDdpm => Self::TabDdpm(TabDdpm::preset(preset)),
            _ => Self::new(kind),
        }
    }

    /// The same settings with another length of training: `epochs` passes over `rows` rows. The
    /// generators that are not trained stay as they are.
    pub fn with_epochs(mut self, epochs: usize, rows: usize) -> Self {
        match &mut self {
            Self::Ctgan(settings) => settings.epochs = epochs,
            Self::CopulaGan(settings) => settings.ctgan.epochs = epochs,
            Self::Tvae(settings) => settings.epochs = epochs,
            Self::TabDdpm(settings) => {
                settings.steps = epochs.saturating_mul(rows.div_ceil(settings.batch_size));
            }
            _ => {}
        }
        self
    }

    /// Which generator this configures.
    pub fn kind(&self) -> GeneratorKind {
        match self {
            Self::Smoten(_) => GeneratorKind::Smoten,
            Self::GaussianCopula(_) => GeneratorKind::GaussianCopula,
            Self::Ctgan(_) => GeneratorKind::Ctgan,
            Self::CopulaGan(_) => GeneratorKind::CopulaGan,
            Self::Tvae(_) => GeneratorKind::Tvae,
            Self::TabDdpm(_) => GeneratorKind::TabDdpm,
            Self::Resample(_) => GeneratorKind::Resample,
            Self::Independent(_) => GeneratorKind::Independent,
            Self::UniformItem(_) => GeneratorKind::UniformItem,
        }
    }

    /// The settings that make a difference in a reading, as they stand in fingerprints.
    pub fn settings_of(&self, reading: Reading) -> Value {
        let mut settings = json!(self);
        if let (Reading::Categories, Value::Object(settings)) = (reading, &mut settings) {
            settings.remove(OF_NUMBERS);
        }
        settings
    }

    /// Tells a generator that needs to know which of the dataset's fields hold the item and
    /// the user; names the settings give already are kept.
    pub fn with_fields(mut self, item: Option<&str>, user: Option<&str>) -> Self {
        if let Self::UniformItem(settings) = &mut self {
            if let (true, Some(item)) = (settings.item.is_empty(), item) {
                settings.item = item.to_owned();
            }
            settings.user = settings.user.take().or(user.map(str::to_owned));
        }
        self
    }

    /// Checks every setting's range.
    pub fn check(&self) -> Result<(), GeneratorError> {
        match self {
            Self::Smoten(settings) if settings.neighbours == 0 => {
                Err(GeneratorError::Setting("smoten.neighbours is 0; it must be at least 1".into()))
            }
            Self::Ctgan(settings) => settings.check("ctgan"),
            Self::CopulaGan(settings) => settings.check(),
            Self::Tvae(settings) => settings.check(),
            Self::TabDdpm(settings) => settings.check(),
            Self::UniformItem(settings) if settings.user.as_ref() == Some(&settings.item) => {
                Err(GeneratorError::Setting(format!(
                    "uniform-item.item and uniform-item.user both name `{}`; they are two fields",
                    settings.item
                )))
            }
            _ => Ok(()),
        }
    }

    /// The generator itself.
    pub(super) fn generator(&self) -> &dyn Generator {
        match self {
            Self::Smoten(generator) => generator,
            Self::GaussianCopula(generator) => generator,
            Self::Ctgan(generator) => generator,
            Self::CopulaGan(generator) => generator,
            Self::Tvae(generator) => generator,
            Self::TabDdpm(generator) => generator,
            Self::Resample(generator) => generator,
            Self::Independent(generator) => generator,
            Self::UniformItem(generator) => generator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::parts::marginals::Family;

    /// Results that were made before there were readings stand.
    #[test]
    fn settings_of_numbers_are_of_no_account_to_categories() {
        for marginal in [Family::Beta, Family::Normal] {
            let copula = GeneratorConfig::GaussianCopula(GaussianCopula { marginal });
            let of_categories = copula.settings_of(Reading::Categories);
            assert_eq!(of_categories, json!({ "generator": "gaussian-copula" }));
            assert_eq!(copula.settings_of(Reading::Numbers)["marginal"], json!(marginal));
        }
        for kind in GeneratorKind::ALL {
            let config = GeneratorConfig::new(kind);
            let mut all = json!(config);
            assert_eq!(config.settings_of(Reading::Numbers), all);
            all.as_object_mut().map(|settings| settings.remove("marginal"));
            assert_eq!(config.settings_of(Reading::Categories), all);
        }
    }
}
