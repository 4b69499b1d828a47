//! The cells of an experiment: which trainings there are, in which order, for which shard.

use super::{ExperimentConfig, SampleSeed, Scenario};
use crate::ctr::AnyModel;
use crate::generators::{AnyGenerator, Conditioning, Way};
use rand::seq::SliceRandom;
use std::fmt;
use std::str::FromStr;

/// Where a cell's synthetic rows come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The generator.
    pub generator: AnyGenerator,
    /// How it is fitted.
    pub way: Way,
}

impl Source {
    /// A generator fitted on these rows, every field a set of categories.
    pub fn categories(generator: impl Into<AnyGenerator>, conditioning: Conditioning) -> Self {
        Self { generator: generator.into(), way: Way::categories(conditioning) }
    }

    /// Its name within a master seed's streams of random numbers.
    pub(in crate::experiment) fn stream(&self) -> String {
        format!("{}/{}", self.generator, self.way.title("/"))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.generator.name(), self.way)
    }
}

/// One training: a model on a scenario's rows in one replicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// Master seed of the training; of the whole replicate, unless the rows have seeds of their own.
    pub seed: u64,
    /// Master seeds of the synthetic rows; those of the training in the scenario `base`.
    pub sample: SampleSeed,
    /// Where the synthetic rows come from; nothing in the scenario `base`.
    pub source: Option<Source>,
    /// What the model is trained on.
    pub scenario: Scenario,
    /// The model.
    pub model: AnyModel,
}

impl Cell {
    /// The generator's name in results: `none` in the scenario `base`.
    pub fn generator_name(&self) -> &'static str {
        self.source.map_or("none", |source| source.generator.name())
    }

    /// The conditioning's name in results: `none` in the scenario `base`.
    pub fn conditioning_name(&self) -> &'static str {
        self.source.map_or("none", |source| source.way.conditioning.name())
    }

    /// The reading's name in results: `none` in the scenario `base`.
    pub fn reading_name(&self) -> &'static str {
        self.source.map_or("none", |source| source.way.reading.name())
    }

    /// The name of the cell's files: `<source>.<scenario>.<model>.seed<k>`, and `.fit<f>.draw<d>`
    /// where the synthetic rows have seeds of their own.
    pub fn name(&self) -> String {
        let source = self.source.map_or("none".to_owned(), |source| source.to_string());
        let name = format!("{source}.{}.{}.seed{}", self.scenario, self.model, self.seed);
        let SampleSeed { fit, draw } = self.sample;
        if self.sample == self.seed.into() { name } else { format!("{name}.fit{fit}.draw{draw}") }
    }
}

/// All cells of an experiment, those that share a sample next to each other.
pub fn cells(experiment: &ExperimentConfig) -> Vec<Cell> {
    let mut cells = Vec::new();
    for &seed in experiment.seeds.training() {
        for &model in &experiment.models {
            if experiment.scenarios.contains(&Scenario::Base) {
                let sample = seed.into();
                cells.push(Cell { seed, sample, source: None, scenario: Scenario::Base, model });
            }
        }
        for source in sources(experiment) {
            for sample in experiment.seeds.samples(seed) {
                for &scenario in experiment.scenarios.iter().filter(|s| **s != Scenario::Base) {
                    for &model in &experiment.models {
                        cells.push(Cell { seed, sample, source: Some(source), scenario, model });
                    }
                }
            }
        }
    }
    cells
}

/// The generators in each way they are fitted: the readings and conditionings asked for that make a
/// difference, or the only one there is.
pub fn sources(experiment: &ExperimentConfig) -> Vec<Source> {
    let mut sources = Vec::new();
    for &generator in &experiment.generators {
        let ways = generator.conditionings();
        for reading in experiment.reading.of_generator(generator) {
            let asked = experiment.reading.conditionings(reading, &experiment.conditioning);
            let asked = ways.iter().filter(|way| asked.contains(way));
            let mut chosen: Vec<_> = asked.copied().collect();
            if let ([], [only]) = (chosen.as_slice(), ways) {
                chosen.push(*only);
            }
            let way = |conditioning: &Conditioning| Way { conditioning: *conditioning, reading };
            sources.extend(chosen.iter().map(|c| Source { generator, way: way(c) }));
        }
    }
    sources
}

/// One of several processes that share an experiment's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// The only shard.
    pub const WHOLE: Shard = Shard { index: 1, count: 1 };

    /// This shard's cells: a contiguous part, so that cells that share a sample mostly stay in
    /// one shard. The shards' sizes differ by one at most.
    pub fn select<T>(self, cells: &[T]) -> &[T] {
        let bound = |i: usize| cells.len() * i / self.count;
        &cells[bound(self.index - 1)..bound(self.index)]
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (index, count) = text
            .split_once('/')
            .and_then(|(i, n)| Some((i.trim().parse().ok()?, n.trim().parse().ok()?)))
            .ok_or_else(|| format!("`{text}` is not of the form i/n, such as 1/4"))?;
        if count == 0 || index == 0 || index > count {
            return Err(format!("`{text}`: the first number must lie in 1..={count}"));
        }
        Ok(Self { index, count })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// The order in which cells are worked on. Results do not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As in [`cells`].
    #[default]
    Planned,
    /// Drawn with the given seed.
    Shuffled(u64),
}

impl Order {
    /// Puts `items` in this order.
    pub fn arrange<T>(self, items: &mut [T]) {
        if let Order::Shuffled(seed) = self {
            items.shuffle(&mut crate::seed::Seed::master(seed).stream("order"));
        }
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "planned" => Ok(Order::Planned),
            Some(("shuffled", seed)) => seed
                .parse()
                .map(Order::Shuffled)
                .map_err(|_| format!("`{seed}` is not a seed; write shuffled:7")),
            _ => Err(format!("`{text}` is neither `planned` nor `shuffled:SEED`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn quick_holds_every_combination_once() {
        let experiment = ExperimentConfig::built_in("quick").unwrap();
        let cells = cells(&experiment);
        let names: HashSet<_> = cells.iter().map(Cell::name).collect();
        assert_eq!(names.len(), cells.len());
        let base = cells.iter().filter(|c| c.source.is_none()).count();
        assert_eq!(base, experiment.models.len());
        assert_eq!(cells.len(), base + sources(&experiment).len() * 5 * 3);
        assert!(names.contains("none.base.dnn.seed1"));
        assert!(names.contains("smoten.joint.neg25.deepfm.seed1"), "{names:?}");
    }

    #[test]
    fn a_source_that_reads_numbers_says_so_in_its_name() {
        let of = |text: &str| {
            let text = format!("generators = ['gaussian-copula', 'smoten', 'copula-gan']\n{text}");
            let experiment = ExperimentConfig::parse("e.toml", &text, &[]).unwrap();
            sources(&experiment).iter().map(Source::to_string).collect::<Vec<_>>()
        };
        let smoten = ["smoten.joint", "smoten.per-class"];
        let copula = ["gaussian-copula.joint", "gaussian-copula.per-class"];
        let [numbers, gan] = ["gaussian-copula.joint.numbers", "copula-gan.joint.numbers"];
        assert_eq!(of(""), [&copula[..], &smoten, &[gan]].concat());
        assert_eq!(of("reading = 'numbers'"), [&[numbers][..], &smoten, &[gan]].concat());
        let both = of("reading = ['categories', 'numbers']\nconditioning = ['per-class']");
        let per_class = ["gaussian-copula.per-class.numbers", "copula-gan.per-class.numbers"];
        assert_eq!(both, [copula[1], per_class[0], smoten[1], per_class[1]]);
        let experiment = ExperimentConfig::built_in("quick").unwrap();
        let cells = cells(&experiment);
        let cell = cells.iter().find(|cell| cell.name().contains("numbers")).unwrap();
        assert_eq!(cell.name(), format!("{numbers}.pos25.dnn.seed1"));
        let names = [cell.generator_name(), cell.conditioning_name(), cell.reading_name()];
        assert_eq!(names, ["gaussian-copula", "joint", "numbers"]);
    }

    #[test]
    fn shards_are_read_strictly() {
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, count: 3 }));
        for wrong in ["", "3", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn shards_share_everything_fairly(n in 0usize..300, count in 1usize..40) {
            let items: Vec<_> = (0..n).collect();
            let parts: Vec<_> =
                (1..=count).map(|index| Shard { index, count }.select(&items)).collect();
            prop_assert_eq!(&parts.concat(), &items);
            let sizes = parts.iter().map(|part| part.len());
            prop_assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
        }

        #[test]
        fn an_order_loses_nothing(n in 0usize..100, seed: u64) {
            let mut items: Vec<_> = (0..n).collect();
            Order::Shuffled(seed).arrange(&mut items);
            items.sort();
            prop_assert_eq!(items, (0..n).collect::<Vec<_>>());
        }
    }
}
