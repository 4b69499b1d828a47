//! The names of the generators and of the two ways of fitting them.

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
    /// A CTGAN on normal scores (after SDV's model of that name).
    CopulaGan,
    /// Variational autoencoder for tables (Xu et al. 2019).
    Tvae,
    /// Multinomial diffusion of every field (Kotelnikov et al. 2023).
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
