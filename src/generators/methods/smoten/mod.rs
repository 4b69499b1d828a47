//! Nearest-neighbour oversampling of nominal data.

mod groups;
mod kd_tree;
mod overlap;

use crate::data::Table;
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::generators::parts::rows::{self, Nothing};
use crate::progress::Progress;
use crate::seed::Seed;
use groups::Groups;
use kd_tree::KdTree;
use overlap::Overlap;
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

const METHOD: &str = "smoten";

/// SMOTEN, the synthetic minority oversampling technique for nominal fields (Chawla, Bowyer, Hall
/// and Kegelmeyer 2002, section 6.2), with exact neighbours.
///
/// A synthetic row starts from a real row of the asked label, drawn uniformly with replacement.
/// The row and its [`neighbours`](Smoten::neighbours) nearest rows of the same label vote: every
/// field takes their most common category, the smallest code of several equally common ones.
/// Rows at equal distance are taken in the order of the table. A label with too few rows for
/// that many neighbours votes with all it has.
///
/// With rows of both labels (`joint`), distances follow the value difference metric (Stanfill
/// and Waltz 1986; Cost and Salzberg 1993) as imbalanced-learn's `SMOTEN` has it: categories `a`
/// and `b` of a field are `δ = Σ_c |P(c|a) - P(c|b)|` apart, probabilities taken over all rows,
/// and rows by the sum of `δ²` over the fields. With two labels `δ = |2 P(1|a) - 2 P(1|b)|`, so
/// rows are points with coordinates `2 P(1|a)`, ordered by their Euclidean distance; a k-d tree
/// over the distinct points finds exact neighbours. It is fast where few fields tell labels
/// apart, as in click logs, and leaves out ever fewer rows where dozens do.
///
/// Where more rows than vote are at distance 0 from the drawn one, imbalanced-learn may leave the
/// drawn row itself out; here it always votes.
///
/// With rows of one label only (`per-class`), that metric is 0 between any two rows. There the
/// distance is the overlap metric instead, the number of fields that differ (Hamming), as in
/// Stanfill and Waltz's starting point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smoten {
    /// Neighbours that vote beside the row itself, from 1.
    pub neighbours: usize,
}

impl Default for Smoten {
    fn default() -> Self {
        Self { neighbours: 5 }
    }
}

impl Generator for Smoten {
    fn fit(
        &self,
        train: &Mixed<'_>,
        _: Device,
        _: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let train = &train.categories;
        progress.start("fit", 2);
        let rows = [train.rows_with(0), train.rows_with(1)];
        let coordinates = rows.iter().all(|rows| !rows.is_empty()).then(|| coordinates(train));
        let classes = rows.map(|rows| {
            let table = train.select(&rows);
            let space = match &coordinates {
                Some(coordinates) => Space::ValueDifference(embed(&table, coordinates)),
                None => Space::Overlap(Overlap::new(table.columns())),
            };
            progress.advance(1);
            Class { table, space }
        });
        progress.finish();
        Ok(Box::new(Fit { voters: self.neighbours.saturating_add(1), classes }))
    }

    fn load(&self, saved: Saved, shape: Shape, device: Device) -> Result<Box<dyn Fitted>, String> {
        let (rows, Nothing {}) = rows::load(saved, shape.schema)?;
        // Nothing in it is drawn.
        self.fit(&rows.into(), device, Seed::master(0), &()).map_err(|error| error.to_string())
    }
}

struct Fit {
    /// Rows that vote, the drawn one included, where there are as many.
    voters: usize,
    classes: [Class; 2],
}

/// The rows of one label.
struct Class {
    table: Table,
    space: Space,
}

/// What is near to what.
enum Space {
    ValueDifference(KdTree),
    Overlap(Overlap),
}

impl Space {
    /// The sets of rows that nothing tells apart.
    fn groups(&self) -> &Groups {
        match self {
            Space::ValueDifference(tree) => tree.groups(),
            Space::Overlap(overlap) => overlap.groups(),
        }
    }

    /// The `k` rows nearest to each of `groups`, in order; fewer if there are fewer rows.
    fn nearest(&self, groups: &[u32], k: usize, progress: &dyn Progress) -> Vec<Vec<u32>> {
        match self {
            Space::ValueDifference(tree) => tree.nearest(groups, k, progress),
            Space::Overlap(overlap) => overlap.nearest(groups, k, progress),
        }
    }
}

/// `2 P(1|a)` by field and category; 0 for categories without a row.
fn coordinates(train: &Table) -> Vec<Vec<f64>> {
    let of_field = |(field, column): (usize, &Vec<u32>)| {
        let mut counts = vec![(0u32, 0u32); train.schema().fields[field].n_codes()];
        for (&code, &label) in column.iter().zip(train.labels()) {
            let (clicks, rows) = &mut counts[code as usize];
            *clicks += u32::from(label);
            *rows += 1;
        }
        let share = |&(clicks, rows): &(u32, u32)| match rows {
            0 => 0.0,
            _ => 2.0 * f64::from(clicks) / f64::from(rows),
        };
        counts.iter().map(share).collect()
    };
    train.columns().iter().enumerate().map(of_field).collect()
}

/// The rows as points of the value difference metric.
fn embed(table: &Table, coordinates: &[Vec<f64>]) -> KdTree {
    let mut points = Vec::with_capacity(table.n_rows() * table.n_fields());
    for row in 0..table.n_rows() {
        points.extend(
            table.row(row).zip(coordinates).map(|(code, of_field)| of_field[code as usize]),
        );
    }
    KdTree::new(points, table.n_fields())
}

impl Fitted for Fit {
    fn save(&self) -> Result<Saved, String> {
        let mut rows = self.classes[0].table.clone();
        rows.extend(&self.classes[1].table);
        rows::save(&rows, Nothing {})
    }

    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Mixed<'static>, GeneratorError> {
        let class = self.classes.get(usize::from(label)).filter(|class| class.table.n_rows() > 0);
        let Class { table, space } =
            class.ok_or(GeneratorError::TooFewRows { method: METHOD, label, needed: 1 })?;
        let mut rng = seed.stream("base");
        let drawn: Vec<u32> = (0..n).map(|_| rng.random_range(0..table.n_rows()) as u32).collect();

        // Only drawn rows need neighbours, and rows at one point share theirs.
        let groups = space.groups();
        let mut asked: Vec<u32> = drawn.iter().map(|&row| groups.of(row)).collect();
        asked.sort_unstable();
        asked.dedup();
        progress.start("sample", asked.len() as u64);
        let at_most = self.voters.min(table.n_rows());
        let nearest = space.nearest(&asked, at_most, progress);
        let place = |&row: &u32| asked.partition_point(|&group| group < groups.of(row));
        let places: Vec<usize> = drawn.par_iter().map(place).collect();
        let vote = |column: &Vec<u32>| {
            let mut votes = Vec::with_capacity(at_most);
            let winner = |(&row, &place): (&u32, &usize)| {
                votes.clear();
                votes.extend(voters(row, &nearest[place]).map(|voter| column[voter as usize]));
                most_common(&mut votes)
            };
            drawn.iter().zip(&places).map(winner).collect()
        };
        let columns = table.columns().par_iter().map(vote).collect();
        progress.finish();
        Ok(Table::new(table.schema().clone(), columns, vec![label; n]).into())
    }
}

/// The row itself and its neighbours: `nearest`, or where it is not among these (more rows
/// than vote are at distance 0) itself in place of the last.
fn voters(row: u32, nearest: &[u32]) -> impl Iterator<Item = u32> + '_ {
    let others = if nearest.contains(&row) { nearest.len() } else { nearest.len() - 1 };
    let itself = (others < nearest.len()).then_some(row);
    nearest[..others].iter().copied().chain(itself)
}

/// The most common code, the smallest of several. Sorts `votes`, which are not empty.
fn most_common(votes: &mut [u32]) -> u32 {
    votes.sort_unstable();
    let mut winner = (0, 0);
    for run in votes.chunk_by(|a, b| a == b) {
        if run.len() > winner.0 {
            winner = (run.len(), run[0]);
        }
    }
    winner.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Field, Schema};
    use std::sync::Arc;

    #[derive(Deserialize)]
    struct Recorded {
        columns: Vec<Vec<u32>>,
        labels: Vec<u8>,
        neighbours: Vec<Vec<u32>>,
        distances: Vec<Vec<f64>>,
    }

    #[test]
    fn neighbours_and_distances_are_those_of_imbalanced_learn() {
        let recorded = include_str!("../../../../tests/fixtures/imblearn_smoten.json");
        let recorded: Recorded = serde_json::from_str(recorded).expect("the fixture");
        let field = |column: &Vec<u32>| {
            let n = column.iter().max().expect("rows") + 1;
            Field::categorical("", (0..n).map(|code| code.to_string()).collect())
        };
        let fields = recorded.columns.iter().map(field).collect();
        let schema = Arc::new(Schema { label: "label".into(), fields });
        let train = Table::new(schema, recorded.columns, recorded.labels);
        let coordinates = coordinates(&train);
        let clicks = train.select(&train.rows_with(1));
        let tree = embed(&clicks, &coordinates);
        for (row, expected) in (0..).zip(&recorded.neighbours) {
            let mut nearest = tree.nearest(&[tree.groups().of(row)], 6, &()).remove(0);
            nearest.sort_unstable();
            assert_eq!(&nearest, expected, "row {row}");
        }
        for (row, expected) in recorded.distances.iter().enumerate() {
            for (other, &expected) in expected.iter().enumerate() {
                let delta = |(field, of_field): (usize, &Vec<f64>)| {
                    let code = |row: usize| clicks.column(field)[row] as usize;
                    (of_field[code(row)] - of_field[code(other)]).powi(2)
                };
                let distance: f64 = coordinates.iter().enumerate().map(delta).sum();
                assert!((distance - expected).abs() < 1e-11, "rows {row} and {other}: {distance}");
            }
        }
    }

    #[test]
    fn the_smallest_of_several_most_common_codes_wins() {
        assert_eq!(most_common(&mut [3, 1, 2, 1, 3]), 1);
        assert_eq!(most_common(&mut [3, 1, 2, 3]), 3);
        assert_eq!(most_common(&mut [4]), 4);
    }

    #[test]
    fn more_neighbours_than_rows_are_all_rows() {
        let fields = vec![Field::categorical("a", vec!["x".into(), "y".into(), "z".into()])];
        let schema = Arc::new(Schema { label: "label".into(), fields });
        let columns = vec![vec![0, 1, 1, 2, 0, 2, 2]];
        let joint = Table::new(schema, columns, vec![1, 1, 1, 1, 0, 0, 0]);
        for train in [joint.clone(), joint.select(&joint.rows_with(1))] {
            for neighbours in [4, 9_000_000_000_000_000_000, usize::MAX] {
                let fitted = Smoten { neighbours }.fit(
                    &Mixed::from(&train),
                    Device::Cpu,
                    Seed::master(1),
                    &(),
                );
                let rows = fitted.expect("a fit").sample(1, 20, Seed::master(2), &());
                assert_eq!(rows.expect("rows").categories.column(0), [1; 20], "{neighbours}");
            }
        }
    }

    #[test]
    fn a_row_always_votes_for_itself() {
        assert_eq!(voters(7, &[7, 1, 2]).collect::<Vec<_>>(), [7, 1, 2]);
        assert_eq!(voters(7, &[0, 1, 2]).collect::<Vec<_>>(), [0, 1, 7]);
    }
}
