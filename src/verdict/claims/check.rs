//! Whether claims make sense.

use super::{Claim, Claims, Comparator, Direction, Measure, Over, Value};
use crate::ctr::ModelKind;
use crate::experiment::Scenario;
use crate::generators::{AnyGenerator, GeneratorKind, Way};
use crate::names;
use std::collections::HashSet;
use std::fmt::Display;

impl Claims {
    /// What is wrong with them, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.claims.is_empty() {
            return Err("there is no claim; write at least one [[claim]]".into());
        }
        if !(self.margin.is_finite() && self.margin > 0.0) {
            return Err(format!("margin is {}; it must be above 0", self.margin));
        }
        if !(0.5..1.0).contains(&self.confidence) {
            return Err(format!(
                "confidence is {}; it must be at least 0.5 and below 1",
                self.confidence
            ));
        }
        if self.ways == 0 {
            return Err("ways is 0; it must be at least 1".into());
        }
        let mut seen = HashSet::new();
        for claim in &self.claims {
            if !seen.insert(&claim.id) {
                return Err(format!("two claims are called `{}`", claim.id));
            }
            let named = |fault: String| format!("claim `{}`: {fault}", claim.id);
            claim.check().map_err(named)?;
            for model in &claim.models {
                if model.ours().is_none() && !self.own_models.contains(model) {
                    let unknown =
                        names::unknown("model", model.name(), &ModelKind::ALL.map(ModelKind::name));
                    let advice = "one of your own is to be named in `own_models`";
                    return Err(named(format!("{unknown}; {advice}")));
                }
            }
            let of_comparators = claim.comparator.iter().filter_map(Comparator::generator);
            for generator in claim.generators.iter().copied().chain(of_comparators) {
                if generator.ours().is_none() && !self.own_generators.contains(&generator) {
                    let ours = GeneratorKind::ALL.map(GeneratorKind::name);
                    let unknown = names::unknown("generator", generator.name(), &ours);
                    let advice = "one of your own is to be named in `own_generators`";
                    return Err(named(format!("{unknown}; {advice}")));
                }
            }
        }
        Ok(())
    }
}

impl Claim {
    fn check(&self) -> Result<(), String> {
        let of_base = self.scenarios == [Scenario::Base];
        if self.scenarios.is_empty() {
            return Err("scenarios is empty".into());
        }
        if self.scenarios.contains(&Scenario::Base) && !of_base {
            return Err("`base` has no generator; make it a claim of its own".into());
        }
        if self.generators.is_empty() != of_base {
            return Err(match of_base {
                true => "`base` has no generator; leave `generators` out".into(),
                false => "it names no generator; set `generators`".to_owned(),
            });
        }
        if self.conditioning.is_empty() {
            return Err("conditioning is empty; leave it out for both ways".into());
        }
        if self.reading.is_empty() {
            return Err("reading is empty; leave it out for both readings".into());
        }
        if self.models.is_empty() && self.measure == Measure::Auc {
            return Err("it names no model; set `models`".into());
        }
        if !self.models.is_empty() && self.measure == Measure::IdenticalRows {
            return Err("identical rows are the same for all models; leave `models` out".into());
        }
        if self.measure == Measure::IdenticalRows
            && (of_base || self.comparator.contains(&Comparator::Base))
        {
            return Err("`base` has no synthetic rows that could be identical".into());
        }
        if of_base && !self.comparator.is_empty() {
            return Err("`base` is what others are compared with; leave `comparator` out".into());
        }
        let unable = |generator: &&AnyGenerator| {
            !generator.readings().iter().any(|known| self.reading.contains(known))
        };
        if let Some(generator) = self.generators.iter().find(unable) {
            let readings: Vec<&str> = self.reading.iter().map(|reading| reading.name()).collect();
            return Err(format!("{generator} never reads {}", readings.join(" or ")));
        }
        for comparator in &self.comparator {
            let Comparator::Generator(generator, named) = comparator else { continue };
            if let Some(reading) = named.reading.filter(|r| !generator.readings().contains(r)) {
                return Err(format!("comparator: {generator} never reads {reading}"));
            }
            if let Some(way) = named.conditioning.filter(|c| !generator.conditionings().contains(c))
            {
                return Err(format!("comparator: {generator} is never fitted {way}"));
            }
            let mut ways = self.conditioning.iter().flat_map(|&conditioning| {
                self.reading.iter().map(move |&reading| Way { conditioning, reading })
            });
            if self.generators.contains(generator) && ways.any(|way| named.allows(way)) {
                return Err("it compares a generator with itself; to compare two ways of fitting or reading, \
                            name one in `conditioning` or `reading` and the other in `comparator`, as in \
                            \"ctgan joint\" or \"ctgan categories\""
                    .into());
            }
        }
        if self.direction.is_none() && self.value.is_none() {
            return Err("it has neither a direction nor a value".into());
        }
        if self.direction.is_none() && self.than.is_some() {
            return Err("`than` needs a direction".into());
        }
        if self.direction.is_some() && self.comparator.is_empty() && self.than.is_none() {
            return Err("higher than what? set `comparator`, or `than`".into());
        }
        let mut values: Vec<f64> = self.than.into_iter().collect();
        match &self.value {
            Some(Value::All(value)) => values.push(*value),
            Some(Value::ByModel(by_model)) => values.extend(by_model.values()),
            None => {}
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(format!("{value} is not finite"));
        }
        twice("generators", self.generators.iter())?;
        twice("conditioning", self.conditioning.iter())?;
        twice("reading", self.reading.iter())?;
        twice("scenarios", self.scenarios.iter())?;
        twice("models", self.models.iter())?;
        twice("comparator", self.comparator.iter().map(|comparator| comparator.name()))?;
        if self.over == Over::Mean && self.value.is_some() {
            return Err("the value of a mean over cells cannot be checked".into());
        }
        if self.over == Over::Mean && self.comparator.is_empty() {
            return Err("the mean over cells needs a comparator".into());
        }
        if self.models.is_empty() && matches!(self.value, Some(Value::ByModel(_))) {
            return Err(
                "identical rows are the same for all models; give `value` one number".into()
            );
        }
        if let Some(value) = &self.value {
            let lacking = self.models.iter().find(|model| value.of(Some(**model)).is_none());
            if let Some(model) = lacking {
                return Err(format!("there is no value for {model}"));
            }
        }
        let wrong_side = |value: &&f64| match self.direction {
            Some(Direction::Higher) => **value <= self.threshold(),
            Some(Direction::Lower) => **value >= self.threshold(),
            // It may be as much above as does not matter.
            Some(Direction::NotHigher) | None => false,
        };
        if let Some(value) = values.iter().skip(usize::from(self.than.is_some())).find(wrong_side) {
            return Err(format!(
                "its value {value} is not on the side of {} that its direction says",
                self.threshold()
            ));
        }
        if self.runs == 0 {
            return Err("runs is 0; a value is the mean of at least one".into());
        }
        match self.margin {
            Some(margin) if !(margin.is_finite() && margin > 0.0) => {
                Err(format!("margin is {margin}; it must be above 0"))
            }
            _ => Ok(()),
        }
    }
}

/// Fails if a list names something twice.
fn twice(key: &str, named: impl Iterator<Item = impl Display>) -> Result<(), String> {
    let mut seen = HashSet::new();
    for name in named {
        if !seen.insert(name.to_string()) {
            return Err(format!("{key} names `{name}` twice"));
        }
    }
    Ok(())
}
