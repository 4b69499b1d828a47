//! Sources by scenario: the layout that most figures share.

use super::canvas::Series;
use super::forms::{Dots, Mark, Panel, RowName};
use super::scale::Scale;
use super::style;
use crate::ctr::AnyModel;
use crate::experiment::{Scenario, Source};
use crate::report::findings::{Findings, source_name};
use crate::report::sheet::{Entry, Number, Sheet, Spread};
use crate::verdict::Arm;

/// What stands for a source and a scenario.
pub type Get<'a> = Box<dyn Fn(&Arm) -> Entry + 'a>;

/// Sources in rows, scenarios in colours.
pub struct Grid<'a> {
    /// The sources; none stands for `base`.
    pub sources: Vec<Option<Source>>,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
    /// What is measured: its name in tables, and the name and the model of its panel.
    pub measures: Vec<Measure<'a>>,
    /// Which numbers rest on few seeds, if that is shown.
    pub few: Option<&'a dyn Fn(&Arm) -> bool>,
}

/// One thing measured.
pub struct Measure<'a> {
    /// Its name.
    pub name: String,
    /// Of which model.
    pub model: AnyModel,
    /// Its numbers.
    pub get: Get<'a>,
}

/// How numbers are placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Axis {
    /// Differences to a line.
    Around(f64),
    /// Equal factors are equally far apart.
    Logarithmic,
}

impl<'a> Grid<'a> {
    /// All sources and scenarios of a run, a panel for each model.
    pub fn by_model(findings: &Findings, get: &'a dyn Fn(&Arm) -> Entry) -> Self {
        let measure =
            |model: AnyModel| Measure { name: model.title().to_owned(), model, get: Box::new(get) };
        Self {
            sources: findings.sources().into_iter().map(Some).collect(),
            scenarios: findings.scenarios(),
            measures: findings.models().into_iter().map(measure).collect(),
            few: None,
        }
    }

    /// The numbers as a table: measures and sources in rows, scenarios in columns.
    pub fn sheet(&self, name: &str, title: &str, measure: &str) -> Sheet {
        let scenarios: Vec<String> = self.scenarios.iter().map(|s| s.name()).collect();
        let mut sheet = Sheet::new(name, title, &[measure, "source", "fitted"], &scenarios);
        for measure in &self.measures {
            for source in &self.sources {
                let entries: Vec<Entry> = self
                    .scenarios
                    .iter()
                    .map(|&scenario| measure.entry(*source, scenario))
                    .collect();
                if entries.iter().all(|entry| *entry == Entry::Nothing) {
                    continue;
                }
                let name = row_name(*source);
                let mut row = [&measure.name, &name.name, &name.faint].map(Entry::text).to_vec();
                row.extend(entries);
                sheet.push(row);
            }
        }
        sheet
    }

    /// The numbers as marks; none without any. All panels have one axis.
    pub fn dots(&self, title: &str, unit: &str, axis: Axis) -> Option<Dots> {
        let sources: Vec<Option<Source>> =
            self.sources.iter().copied().filter(|source| self.shows(*source)).collect();
        let marks = |measure: &Measure<'_>| {
            let mut marks = Vec::new();
            for (row, source) in sources.iter().enumerate() {
                for (series, &scenario) in self.scenarios.iter().enumerate() {
                    if let Entry::Number(number) = measure.entry(*source, scenario) {
                        let arm = Arm { source: *source, scenario, model: Some(measure.model) };
                        let hollow = self.few.is_some_and(|few| few(&arm));
                        marks.push(Mark { hollow, ..mark(row, series, &number) });
                    }
                }
            }
            marks
        };
        let of_panels: Vec<Vec<Mark>> = self.measures.iter().map(marks).collect();
        let all = of_panels.iter().flatten();
        let (scale, line) = match axis {
            Axis::Around(line) => (Dots::scale(all, Some(line)), Some(line)),
            Axis::Logarithmic => (Scale::logarithmic(all.map(|mark| mark.value)), None),
        };
        let scale = scale.filter(|_| of_panels.iter().any(|marks| !marks.is_empty()))?;
        let panel = |(measure, marks): (&Measure<'_>, Vec<Mark>)| Panel {
            title: measure.name.clone(),
            unit: unit.to_owned(),
            scale,
            line,
            marks,
        };
        let legend =
            |s: &Scenario| Series::new(s.name(), style::scenario_colour(*s, &self.scenarios));
        Some(Dots {
            title: title.to_owned(),
            legend: self.scenarios.iter().map(legend).collect(),
            rows: sources.into_iter().map(row_name).collect(),
            panels: self.measures.iter().zip(of_panels).map(panel).collect(),
            margin: None,
        })
    }

    fn shows(&self, source: Option<Source>) -> bool {
        let of = |measure: &Measure<'_>| {
            self.scenarios.iter().any(|&s| measure.entry(source, s) != Entry::Nothing)
        };
        self.measures.iter().any(of)
    }
}

impl Measure<'_> {
    fn entry(&self, source: Option<Source>, scenario: Scenario) -> Entry {
        // Real rows alone are one scenario, and every source is in all others.
        match source.is_none() == (scenario == Scenario::Base) {
            true => (self.get)(&Arm { source, scenario, model: Some(self.model) }),
            false => Entry::Nothing,
        }
    }
}

/// The name of a row.
pub fn row_name(source: Option<Source>) -> RowName {
    match source.map(source_name) {
        Some((name, faint)) => RowName { name, faint },
        None => RowName { name: "base".to_owned(), faint: "real rows alone".to_owned() },
    }
}

/// A number's mark.
pub fn mark(row: usize, series: usize, number: &Number) -> Mark {
    let within = match number.spread {
        Spread::Unknown => None,
        Spread::Deviation(sd, _) => Some([number.value - sd, number.value + sd]),
        Spread::Interval(low, high) => Some([low, high]),
    };
    Mark { row, series, lane: series, value: number.value, within, hollow: false }
}
