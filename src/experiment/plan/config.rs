//! An experiment as described by one TOML file.

use super::overrides::{self, Override};
use super::own::{self, own_generators, own_models};
use super::toml_errors::{ConfigError, explain, position, position_of_setting};
use super::{Readings, Scenario, Seeds, UntilDecided, cells, readings};
use crate::compare::Gate;
use crate::ctr::{AnyModel, MaskNetConfig, ModelConfig, ModelKind, TowerConfig, TrainingConfig};
use crate::data::{self, DatasetConfig};
use crate::device::DeviceChoice;
use crate::external::{ExternalGenerator, ExternalModel};
use crate::generators::{
    AnyGenerator, Conditioning, CopulaGan, Ctgan, GaussianCopula, GeneratorConfig, GeneratorKind,
    Independent, Resample, Smoten, TabDdpm, Tvae, UniformItem, with_preset,
};
use crate::names;
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::Path;

/// The experiments that come with the program: name and text.
pub const BUILT_IN: [(&str, &str); 4] = [
    ("quick", include_str!("../../../experiments/quick.toml")),
    ("paper", include_str!("../../../experiments/paper.toml")),
    ("sweep", include_str!("../../../experiments/sweep.toml")),
    ("longer", include_str!("../../../experiments/longer.toml")),
];

/// An experiment: a set of cells and how they are worked out.
///
/// Every key has a default, so the smallest experiment is an empty file. Unknown keys are errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExperimentConfig {
    /// Names the run folder `runs/<name>`. Default: what the experiment's file is called, else `experiment`.
    pub name: String,
    /// A data set's name, or a `[dataset]` table. Default: `simulated`.
    #[serde(deserialize_with = "name_or_table")]
    pub dataset: DatasetConfig,
    /// Seed of a simulated data set or a random split. Default: 1. All replicates share their
    /// data, as they do with a published split.
    pub data_seed: u64,
    /// Master seeds of the replicates: a number `n` for 1 to `n`, or a list; or a table of these for
    /// `fit`, `draw` and `train`, all combinations of which are run. Default: 1.
    pub seeds: Seeds,
    /// Where synthetic rows come from. Default: all generators of this program.
    pub generators: Vec<AnyGenerator>,
    /// How generators are fitted, where it makes a difference. Default: both ways.
    pub conditioning: Vec<Conditioning>,
    /// Whether generators read fields of numbers as categories, as numbers or both, one after the
    /// other. Default: as categories.
    #[serde(deserialize_with = "readings::named_listed_or_table")]
    pub reading: Readings,
    /// What models are trained on. Default: the paper's scenarios.
    pub scenarios: Vec<Scenario>,
    /// The click models. Default: all models of this program.
    pub models: Vec<AnyModel>,
    /// Where models are trained. Default: `auto`.
    pub device: DeviceChoice,
    /// Settings of the training loop. Default: the published ones.
    pub training: TrainingConfig,
    /// Settings of each click model. Default: the published ones.
    pub model: ModelSettings,
    /// Settings of each generator. Default: the published ones.
    pub generator: GeneratorSettings,
    /// What `synthctr compare` tolerates; changes no result.
    pub gate: Gate,
    /// Whether seeds are added where the answer to a claim is open. Default: they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_decided: Option<UntilDecided>,
}

impl Default for ExperimentConfig {
    fn default() -> Self {
        Self {
            name: "experiment".to_owned(),
            dataset: DatasetConfig::default(),
            data_seed: 1,
            seeds: Seeds::first(1),
            generators: GeneratorKind::ALL.map(AnyGenerator::Ours).to_vec(),
            conditioning: Conditioning::ALL.to_vec(),
            reading: Readings::default(),
            scenarios: Scenario::PAPER.to_vec(),
            models: ModelKind::ALL.map(AnyModel::Ours).to_vec(),
            device: DeviceChoice::default(),
            training: TrainingConfig::default(),
            model: ModelSettings::default(),
            generator: GeneratorSettings::default(),
            gate: Gate::default(),
            until_decided: None,
        }
    }
}

/// Settings of each click model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    /// Settings of DNN.
    pub dnn: TowerConfig,
    /// Settings of DeepFM.
    pub deepfm: TowerConfig,
    /// Settings of MaskNet.
    pub masknet: MaskNetConfig,
    /// Click models that the user brings, by the names that the user gives them: every key that is none
    /// of the above.
    #[serde(flatten, deserialize_with = "own_models")]
    pub external: BTreeMap<String, ExternalModel>,
}

impl ModelSettings {
    /// One model with its settings.
    pub fn of(&self, kind: ModelKind) -> ModelConfig {
        match kind {
            ModelKind::Dnn => ModelConfig::Dnn(self.dnn.clone()),
            ModelKind::DeepFm => ModelConfig::DeepFm(self.deepfm.clone()),
            ModelKind::MaskNet => ModelConfig::MaskNet(self.masknet.clone()),
        }
    }
}

/// Settings of each generator.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct GeneratorSettings {
    /// Settings of SMOTEN.
    pub smoten: Smoten,
    /// Settings of the Gaussian copula.
    pub gaussian_copula: GaussianCopula,
    /// Settings of CTGAN; `preset` names those it begins with.
    #[serde(deserialize_with = "with_preset")]
    pub ctgan: Ctgan,
    /// Settings of CopulaGAN; `preset` names those it begins with.
    #[serde(deserialize_with = "with_preset")]
    pub copula_gan: CopulaGan,
    /// Settings of TVAE; `preset` names those it begins with.
    #[serde(deserialize_with = "with_preset")]
    pub tvae: Tvae,
    /// Settings of TabDDPM; `preset` names those it begins with.
    #[serde(deserialize_with = "with_preset", rename = "tabddpm")]
    pub tab_ddpm: TabDdpm,
    /// Settings of the bootstrap.
    pub resample: Resample,
    /// Settings of the independent fields.
    pub independent: Independent,
    /// Settings of the uniform item.
    pub uniform_item: UniformItem,
    /// Generators that the user brings, by the names that the user gives them: every key that is none of
    /// the above.
    #[serde(flatten, deserialize_with = "own_generators")]
    pub external: BTreeMap<String, ExternalGenerator>,
}

impl GeneratorSettings {
    /// One generator with its settings.
    pub fn of(&self, kind: GeneratorKind) -> GeneratorConfig {
        match kind {
            GeneratorKind::Smoten => GeneratorConfig::Smoten(self.smoten.clone()),
            GeneratorKind::GaussianCopula => {
                GeneratorConfig::GaussianCopula(self.gaussian_copula.clone())
            }
            GeneratorKind::Ctgan => GeneratorConfig::Ctgan(self.ctgan.clone()),
            GeneratorKind::CopulaGan => GeneratorConfig::CopulaGan(self.copula_gan.clone()),
            GeneratorKind::Tvae => GeneratorConfig::Tvae(self.tvae.clone()),
            GeneratorKind::TabDdpm => GeneratorConfig::TabDdpm(self.tab_ddpm.clone()),
            GeneratorKind::Resample => GeneratorConfig::Resample(self.resample.clone()),
            GeneratorKind::Independent => GeneratorConfig::Independent(self.independent.clone()),
            GeneratorKind::UniformItem => GeneratorConfig::UniformItem(self.uniform_item.clone()),
        }
    }
}

impl ExperimentConfig {
    /// An experiment that comes with the program.
    pub fn built_in(name: &str) -> Result<Self, ConfigError> {
        Self::open(name, &[])
    }

    /// The experiment called `name`, or in the file of that name, with some keys set otherwise. Every key has a
    /// default, but a file without any is a mistake, or damaged. Without a name it is called what its file is.
    pub fn open(name: &str, changes: &[Override]) -> Result<Self, ConfigError> {
        let (origin, text) = text_of(name)?;
        let table = text.parse::<toml::Table>();
        if table.as_ref().is_ok_and(toml::Table::is_empty) {
            return Err(ConfigError::new(format!("{name} holds no settings of an experiment")));
        }
        let mut experiment = Self::parse(&origin, &text, changes)?;
        let named = table.is_ok_and(|table| table.contains_key("name"))
            || changes.iter().any(|change| change.is_of("name"));
        let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if let Some(stem) = stem.filter(|stem| !named && names_folder(stem)) {
            experiment.name = stem;
        }
        Ok(experiment)
    }

    /// Reads an experiment from TOML; `origin` names the text in messages.
    pub fn parse(origin: &str, text: &str, changes: &[Override]) -> Result<Self, ConfigError> {
        let mut experiment: Self = toml::from_str(text).map_err(|e| {
            let at = match e.span() {
                None => position_of_setting(text, e.message()),
                span => position(text, span),
            };
            ConfigError::new(format!("{origin}{at}: {}", explain(e.message())))
        })?;
        experiment.check().map_err(|e| {
            let message = e.to_string();
            let at = position_of_setting(text, &message);
            ConfigError::new(format!("{origin}{at}: {message}"))
        })?;
        if !changes.is_empty() {
            experiment = overrides::apply(text, changes)?;
        }
        Ok(experiment)
    }

    /// Checks what the types do not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fail = |message: String| Err(ConfigError::new(message));
        if !names_folder(&self.name) {
            return fail(format!(
                "name is `{}`; it names a folder, so it must not be empty, hold a slash or \
                 a control character, or start with a dot",
                self.name
            ));
        }
        for (key, seeds) in self.seeds.lists() {
            unique(key, seeds)?;
            if seeds.is_empty() && self.seeds.are_crossed() {
                return fail(format!("{key} is empty; name at least one seed"));
            }
        }
        self.gate.check().map_err(|e| ConfigError::new(e.to_string()))?;
        if let Some(settings) = &self.until_decided {
            settings.check(&self.seeds).map_err(ConfigError::new)?;
        }
        unique("generators", self.generators.iter().map(|g| g.name()))?;
        unique("conditioning", self.conditioning.iter().map(|c| c.name()))?;
        unique("reading.which", self.reading.which.iter())?;
        unique("reading.numbers", self.reading.numbers.iter().flatten())?;
        unique("reading.generators", self.reading.generators.iter().flatten())?;
        unique("reading.conditioning", self.reading.conditioning.iter().flatten())?;
        self.reading.check()?;
        let unread = |generator: &&AnyGenerator| self.reading.of_generator(**generator).is_empty();
        if let Some(generator) = self.generators.iter().find(unread) {
            return fail(format!(
                "generators names {generator}, which no reading is left for: `reading` is `numbers` \
                 alone, and reading.generators leaves it out"
            ));
        }
        unique("scenarios", self.scenarios.iter())?;
        unique("models", self.models.iter().map(|m| m.name()))?;
        let setting = |e: &dyn fmt::Display| ConfigError::new(e.to_string());
        self.training.check().map_err(|e| setting(&e))?;
        for kind in ModelKind::ALL {
            self.model.of(kind).check().map_err(|e| setting(&e))?;
        }
        for kind in GeneratorKind::ALL {
            self.generator.of(kind).check().map_err(|e| setting(&e))?;
        }
        own::check(self)?;
        if cells::cells(self).is_empty() {
            return fail(
                "nothing to do: name at least one seed and one model, and the scenario `base` or \
                 a generator with a conditioning and another scenario"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The commands of all programs that users bring, whether the experiment uses them or not.
    pub fn programs(&self) -> impl Iterator<Item = &[String]> {
        let generators = self.generator.external.values().map(|own| &own.command);
        let models = self.model.external.values().map(|own| &own.command);
        generators.chain(models).map(Vec::as_slice).filter(|command| !command.is_empty())
    }

    /// The experiment as TOML with every default filled in.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }
}

/// The text of the experiment called `name`, or in the file of that name, and what messages call it.
fn text_of(name: &str) -> Result<(String, Cow<'static, str>), ConfigError> {
    if let Some((name, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
        return Ok((format!("experiments/{name}.toml"), Cow::Borrowed(text)));
    }
    let path = Path::new(name);
    if path.extension().is_none() && !path.exists() {
        let message = names::unknown("experiment", name, &BUILT_IN.map(|(name, _)| name));
        return Err(ConfigError::new(format!("{message}, and there is no file of that name")));
    }
    if path.is_file() && data::check_format(path).is_ok() {
        return Err(ConfigError::new(format!(
            "{name} is a table and not an experiment; write one, say my-study.toml, that names it,\n\n    \
             [dataset]\n    path = \"{name}\"\n    label = \"...\"       # the column that says whether a row \
             is a click\n\nand run that. All generators take hours; to begin with, two that take no time:\n\n    \
             synthctr run my-study.toml --generators smoten,gaussian-copula --seeds 2"
        )));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|e| ConfigError::new(format!("cannot read {name}: {e}")))?;
    Ok((name.to_owned(), Cow::Owned(text)))
}

/// Whether a folder can be called so on any system.
fn names_folder(name: &str) -> bool {
    let odd = |c: char| c == '/' || c == '\\' || c.is_control();
    !name.is_empty() && !name.contains(odd) && !name.starts_with('.')
}

/// Fails if a list names something twice.
fn unique<T: Eq + std::hash::Hash + fmt::Display + Clone>(
    key: &str,
    values: impl IntoIterator<Item = T>,
) -> Result<(), ConfigError> {
    let mut seen = HashSet::new();
    for value in values {
        if !seen.insert(value.clone()) {
            return Err(ConfigError::new(format!("{key} names `{value}` twice")));
        }
    }
    Ok(())
}

/// Reads a data set that is given by its name alone or by a table of settings.
fn name_or_table<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DatasetConfig, D::Error> {
    struct NameOrTable;
    impl<'de> Visitor<'de> for NameOrTable {
        type Value = DatasetConfig;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a data set's name or a table of its settings")
        }

        fn visit_str<E: de::Error>(self, name: &str) -> Result<DatasetConfig, E> {
            DatasetConfig::deserialize(MapDeserializer::new(std::iter::once(("name", name))))
        }

        fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<DatasetConfig, A::Error> {
            let named = DatasetConfig::deserialize(MapAccessDeserializer::new(table))?;
            Ok(named.or_named_after_file())
        }
    }
    deserializer.deserialize_any(NameOrTable)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that come as files, too.
    #[test]
    fn every_experiment_of_the_repository_makes_sense() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut read = 0;
        for part in ["experiments", "examples/external"] {
            for entry in std::fs::read_dir(folder.join(part)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|end| end == "toml") {
                    let experiment = ExperimentConfig::open(&path.to_string_lossy(), &[]).unwrap();
                    assert!(!cells::cells(&experiment).is_empty(), "{}", path.display());
                    read += 1;
                }
            }
        }
        assert!(read >= 13, "{read}");
    }

    #[test]
    fn an_experiment_without_a_name_is_called_what_its_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let name = |file: &str, text: &str, changes: &[&str]| {
            let path = folder.path().join(file);
            std::fs::write(&path, text).unwrap();
            let changes: Vec<_> = changes.iter().map(|c| Override::parse(c).unwrap()).collect();
            ExperimentConfig::open(&path.to_string_lossy(), &changes).unwrap().name
        };
        assert_eq!(name("my-study.toml", "seeds = 2", &[]), "my-study");
        assert_eq!(name("my-study.toml", "seeds = 2", &["seeds=3"]), "my-study");
        assert_eq!(name("my-study.toml", "seeds = 2", &["name=other"]), "other");
        assert_eq!(name("my-study.toml", "name = 'named'", &[]), "named");
        assert_eq!(name(".hidden.toml", "seeds = 2", &[]), "experiment");
    }
}
