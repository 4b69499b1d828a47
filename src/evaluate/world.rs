//! What a synthetic table is compared with.

use crate::data::{Coded, Coding, DataError, Frame, Values, hint};
use crate::metrics::privacy;
use crate::seed::Seed;
use std::collections::HashSet;

/// Most bins that a column of numbers is cut into where codes are compared.
const BINS: usize = 20;

/// Fewer rows deserve a warning.
const FEW_ROWS: usize = 100;

/// What a synthetic table is compared with, and what is known of the columns.
#[derive(Clone, Debug)]
pub struct World {
    /// The rows that the synthetic ones were learned from.
    pub real: Frame,
    /// Real rows that nothing was learned from.
    pub holdout: Option<Frame>,
    /// The name of the label's column.
    pub label: Option<String>,
    /// The name of the user's column.
    pub user: Option<String>,
    /// Groups of columns whose combinations must stand in `real`.
    pub constraints: Vec<Vec<String>>,
    /// The columns in which rows are alike that the split has kept together, if it has: see
    /// [`World::find_together`].
    pub together: Option<Vec<String>>,
}

impl World {
    /// Finds out whether rows of `real` and of the holdout were dealt one by one, or in groups such
    /// as visits, and takes note of what the rows of a group have in common.
    pub fn find_together(&mut self, seed: Seed) {
        let coding = Coding::new(&self.real, BINS);
        let position = |name: &Option<String>| self.real.position(name.as_ref()?);
        self.together = self.holdout.as_ref().and_then(|holdout| {
            let (real, held) = (coding.code(&self.real), coding.code(holdout));
            let roles = (position(&self.user), position(&self.label));
            let found = privacy::kept_together(&real, &held, roles.0, roles.1, &seed)?;
            let name = |column: usize| self.real.columns()[column].name.clone();
            Some(found.into_iter().map(name).collect())
        });
    }

    /// What a user should know before believing any number of `synthetic`, in words.
    pub fn doubts(&self, synthetic: &Frame, seed: Seed) -> Vec<String> {
        let mut doubts = Vec::new();
        let codes = self.coded(synthetic);
        let overlap = codes
            .holdout
            .as_ref()
            .and_then(|holdout| privacy::holdout_in_train(&codes.real, holdout, &seed));
        if let Some(share) = overlap {
            doubts.push(format!(
                "{:.0} % of the holdout's rows stand in the real table, more than chance would have \
                 it; a holdout must hold rows that nothing was learned from, or leaks go unseen",
                100.0 * share
            ));
        }
        let label = self.label.as_ref().and_then(|label| self.real.position(label));
        let apart = codes
            .holdout
            .as_ref()
            .map_or(Vec::new(), |holdout| privacy::set_apart(&codes.real, holdout, label, &seed));
        let grouped = |name: &String| self.together.iter().flatten().any(|column| column == name);
        let apart: Vec<String> = apart
            .into_iter()
            .map(|column| self.real.columns()[column].name.clone())
            .filter(|name| !grouped(name))
            .collect();
        if !apart.is_empty() {
            doubts.push(format!(
                "values of {} hardly occur in both the real table and the holdout, as after a split by time: its rows are \
                 unlike the real ones anyhow, and attacks may take that for a leak; deal the holdout at random, leave the \
                 column out (--ignore), or say what rows that were kept together share (--group)",
                apart.join(", ")
            ));
        }
        let fewest =
            synthetic.n_rows().min(self.holdout.as_ref().map_or(usize::MAX, Frame::n_rows));
        if fewest < FEW_ROWS {
            doubts.push(format!("a table of {fewest} rows: numbers of so few rows say little"));
        }
        if let Some(label) = label {
            let known: HashSet<u32> = codes.real.column(label).iter().copied().collect();
            let column = codes.synthetic.column(label);
            let strange = column.iter().filter(|code| !known.contains(*code)).count();
            if strange > 0 {
                doubts.push(format!(
                    "{strange} of {} synthetic rows have a label that no real row has",
                    column.len()
                ));
            }
        }
        doubts
    }

    /// The positions of the columns that rows of a group have in common.
    pub(super) fn together_at(&self) -> Option<Vec<usize>> {
        self.together.as_ref()?.iter().map(|name| self.real.position(name)).collect()
    }

    /// Fails if a column is named that is not there.
    pub fn check(&self) -> Result<(), DataError> {
        let columns = || self.real.columns().iter().map(|column| column.name.as_str());
        let roles = [("the label", &self.label), ("the user", &self.user)];
        let named = roles.into_iter().filter_map(|(role, name)| Some((role, name.as_ref()?)));
        let tied = self.constraints.iter().flatten().map(|name| ("in a constraint", name));
        let grouped =
            self.together.iter().flatten().map(|name| ("what rows of a group share", name));
        for (role, name) in named.chain(tied).chain(grouped) {
            if self.real.position(name).is_none() {
                let hint = hint(name, columns());
                let text = format!("there is no column `{name}`, which is to be {role}; {hint}");
                return Err(DataError::Setting(text));
            }
        }
        if let Some(label) = &self.label
            && self.together.iter().flatten().any(|column| column == label)
        {
            let text = format!("`{label}` is the label; rows of a group have both labels");
            return Err(DataError::Setting(text));
        }
        match self.constraints.iter().find(|group| group.len() < 2) {
            Some(group) => Err(DataError::Setting(format!(
                "the constraint `{}` needs two columns or more",
                group.join(",")
            ))),
            None => Ok(()),
        }
    }

    /// All tables as codes, numbers cut at the quantiles of the real ones.
    pub(super) fn coded(&self, synthetic: &Frame) -> Codes {
        let coding = Coding::new(&self.real, BINS);
        Codes {
            real: coding.code(&self.real),
            synthetic: coding.code(synthetic),
            holdout: self.holdout.as_ref().map(|holdout| coding.code(holdout)),
        }
    }

    /// The same without the label's column, for tables of one label.
    fn without_label(&self, rows: impl Fn(&Frame) -> Frame) -> Self {
        let label = self.label.as_deref().unwrap_or_default();
        Self {
            real: rows(&self.real).without(label),
            holdout: self.holdout.as_ref().map(|holdout| rows(holdout).without(label)),
            label: None,
            user: self.user.clone(),
            constraints: self.constraints.clone(),
            together: self.together.clone(),
        }
    }

    /// The rows whose label is `text` alone; the label, which says nothing then, is left out.
    pub fn of_label(&self, text: &str) -> Self {
        let label = self.label.clone().unwrap_or_default();
        self.without_label(|frame| frame.select(&rows_with(frame, &label, text)))
    }
}

/// The rows whose category of the column called `name` is `text`.
fn rows_with(frame: &Frame, name: &str, text: &str) -> Vec<usize> {
    let column = frame.position(name).map(|position| &frame.columns()[position].values);
    match column {
        Some(Values::Categories { vocabulary, codes }) => {
            let wanted = vocabulary.iter().position(|category| category == text);
            let is = |&row: &usize| Some(codes[row] as usize) == wanted;
            (0..frame.n_rows()).filter(is).collect()
        }
        _ => Vec::new(),
    }
}

/// Tables as codes.
pub(super) struct Codes {
    pub real: Coded,
    pub synthetic: Coded,
    pub holdout: Option<Coded>,
}
