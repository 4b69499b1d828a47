//! The names of the generators and of the ways of fitting them.

use crate::generators::error::GeneratorError;
use crate::names;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The generators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GeneratorKind {
    /// Nearest-neighbour oversampling of nominal data (Chawla et al. 2002).
    Smoten,
    /// Marginals tied together by one multivariate normal (Patki, Wedge and Veeramachaneni 2016).
    GaussianCopula,
    /// A conditional generative adversarial network (Xu et al. 2019).
    Ctgan,
    /// A CTGAN that sees numbers as normal scores (after SDV's model of that name).
    CopulaGan,
    /// Variational autoencoder for tables (Xu et al. 2019).
    Tvae,
    /// Multinomial diffusion of categories, Gaussian diffusion of numbers (Kotelnikov et al. 2023).
    #[serde(rename = "tabddpm")]
    TabDdpm,
    /// Control: bootstrap copies of real rows.
    Resample,
    /// Control: every field drawn from its marginal given the label.
    Independent,
    /// Control: a real context with a uniformly drawn item.
    UniformItem,
}

impl GeneratorKind {
    /// All generators, in the order of reports.
    pub const ALL: [GeneratorKind; 9] = [
        GeneratorKind::Smoten,
        GeneratorKind::GaussianCopula,
        GeneratorKind::Ctgan,
        GeneratorKind::CopulaGan,
        GeneratorKind::Tvae,
        GeneratorKind::TabDdpm,
        GeneratorKind::Resample,
        GeneratorKind::Independent,
        GeneratorKind::UniformItem,
    ];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            GeneratorKind::Smoten => "smoten",
            GeneratorKind::GaussianCopula => "gaussian-copula",
            GeneratorKind::Ctgan => "ctgan",
            GeneratorKind::CopulaGan => "copula-gan",
            GeneratorKind::Tvae => "tvae",
            GeneratorKind::TabDdpm => "tabddpm",
            GeneratorKind::Resample => "resample",
            GeneratorKind::Independent => "independent",
            GeneratorKind::UniformItem => "uniform-item",
        }
    }

    /// The name as tables and papers spell it.
    pub fn title(self) -> &'static str {
        match self {
            GeneratorKind::Smoten => "SMOTEN",
            GeneratorKind::GaussianCopula => "Gaussian copula",
            GeneratorKind::Ctgan => "CTGAN",
            GeneratorKind::CopulaGan => "CopulaGAN",
            GeneratorKind::Tvae => "TVAE",
            GeneratorKind::TabDdpm => "TabDDPM",
            GeneratorKind::Resample => "Resample",
            GeneratorKind::Independent => "Independent",
            GeneratorKind::UniformItem => "Uniform item",
        }
    }

    /// Whether it is a network that is trained: its fit takes long, has losses, depends on the
    /// device and can be saved.
    pub fn is_trained(self) -> bool {
        matches!(
            self,
            GeneratorKind::Ctgan
                | GeneratorKind::CopulaGan
                | GeneratorKind::Tvae
                | GeneratorKind::TabDdpm
        )
    }

    /// The ways of fitting that differ for this generator and are worth reporting.
    ///
    /// `resample` and `independent` look at one label's rows whichever way they are fitted, so
    /// both ways give the same distribution and only `per-class` is reported.
    pub fn conditionings(self) -> &'static [Conditioning] {
        match self {
            GeneratorKind::Resample | GeneratorKind::Independent => &[Conditioning::PerClass],
            _ => &Conditioning::ALL,
        }
    }
}

impl GeneratorKind {
    /// The readings in which it does what its name says. SMOTEN and the controls know categories
    /// only; CopulaGAN differs from CTGAN in what it does with numbers, and in nothing else.
    pub fn readings(self) -> &'static [Reading] {
        match self {
            GeneratorKind::CopulaGan => &[Reading::Numbers],
            GeneratorKind::GaussianCopula
            | GeneratorKind::Ctgan
            | GeneratorKind::Tvae
            | GeneratorKind::TabDdpm => &Reading::ALL,
            _ => &[Reading::Categories],
        }
    }
}

impl fmt::Display for GeneratorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for GeneratorKind {
    type Err = GeneratorError;

    fn from_str(name: &str) -> Result<Self, GeneratorError> {
        by_name("generator", name, &Self::ALL, Self::name)
    }
}

/// Whether a generator sees all rows, the label a column of them, or each label's rows alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conditioning {
    /// One fit on all rows; the label is conditioned on when sampling.
    Joint,
    /// One fit per label on that label's rows.
    PerClass,
}

impl Conditioning {
    /// Both ways, in the order of reports.
    pub const ALL: [Conditioning; 2] = [Conditioning::Joint, Conditioning::PerClass];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Conditioning::Joint => "joint",
            Conditioning::PerClass => "per-class",
        }
    }
}

impl fmt::Display for Conditioning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Conditioning {
    type Err = GeneratorError;

    fn from_str(name: &str) -> Result<Self, GeneratorError> {
        by_name("conditioning", name, &Self::ALL, Self::name)
    }
}

/// How a generator reads a field of numbers, of integer identifiers above all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Every field is a set of categories.
    #[default]
    Categories,
    /// A field of numbers is a number, as the published packages read integer-coded columns unless
    /// told otherwise.
    Numbers,
}

impl Reading {
    /// Both readings, in the order of reports.
    pub const ALL: [Reading; 2] = [Reading::Categories, Reading::Numbers];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Reading::Categories => "categories",
            Reading::Numbers => "numbers",
        }
    }

    /// Whether it is the one that files do not name.
    pub fn is_categories(&self) -> bool {
        *self == Reading::Categories
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Reading {
    type Err = GeneratorError;

    fn from_str(name: &str) -> Result<Self, GeneratorError> {
        by_name("reading", name, &Self::ALL, Self::name)
    }
}

/// How a generator is fitted: on which rows, and what it takes the fields for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Way {
    /// On which rows.
    pub conditioning: Conditioning,
    /// What it takes fields of numbers for.
    #[serde(default, skip_serializing_if = "Reading::is_categories")]
    pub reading: Reading,
}

impl Way {
    /// Fitted in this way, every field a set of categories.
    pub fn categories(conditioning: Conditioning) -> Self {
        Self { conditioning, reading: Reading::Categories }
    }

    /// Fitted in this way, fields of numbers read as numbers.
    pub fn numbers(conditioning: Conditioning) -> Self {
        Self { conditioning, reading: Reading::Numbers }
    }

    /// Its name, the parts divided by `between`; `categories` is not named.
    pub fn title(self, between: &str) -> String {
        match self.reading {
            Reading::Categories => self.conditioning.name().to_owned(),
            reading => format!("{}{between}{}", self.conditioning, reading),
        }
    }
}

/// The name in files: `joint`, `joint.numbers`.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title("."))
    }
}

/// The one of `all` called `name`, or an error that lists them and the most similar.
fn by_name<T: Copy>(
    what: &str,
    name: &str,
    all: &[T],
    name_of: impl Fn(T) -> &'static str,
) -> Result<T, GeneratorError> {
    let found = all.iter().copied().find(|&each| name_of(each) == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|&each| name_of(each)).collect();
        GeneratorError::Unknown(names::unknown(what, name, &names))
    })
}
