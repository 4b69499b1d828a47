//! Exact nearest neighbours among points of any dimension.

use super::groups::Groups;
use crate::progress::Progress;
use multiversion::multiversion;
use rayon::prelude::*;
use std::ops::Range;

/// Most distinct points in a leaf.
const LEAF: usize = 12;

/// Coordinates that a processor adds at once: points are filled up with zeros to a multiple of it.
const LANES: usize = 4;

/// Queries that go through the tree together: a leaf is read once for all that it concerns. Where
/// dozens of dimensions leave little out, reading leaves is what takes the time.
const BATCH: usize = 64;

/// A k-d tree (Bentley 1975) over the distinct points, so that any number of rows may share a
/// point or a coordinate: cuts are by rank, and pruning is by each node's bounding box.
///
/// Distances to points and to boxes are the same sums, in which every term of a box is at most that
/// of a point in it; rounding keeps that order, so it never prunes a true neighbour.
pub(super) struct KdTree {
    /// Coordinates of a point, filled up.
    width: usize,
    groups: Groups,
    /// Groups in the order of the leaves.
    order: Vec<u32>,
    /// Their coordinates, in the same order.
    points: Vec<f64>,
    /// By group: its place in that order.
    places: Vec<u32>,
    nodes: Vec<Node>,
    /// By node: its smallest and largest coordinates.
    boxes: Vec<f64>,
}

#[derive(Clone, Copy)]
struct Node {
    /// The groups below this node, as a range of `order`.
    start: usize,
    end: usize,
    /// Positions of the two halves in `nodes`; none for a leaf.
    children: Option<[usize; 2]>,
}

impl KdTree {
    /// A tree of the rows with these coordinates, row after row, all finite.
    pub(super) fn new(coordinates: Vec<f64>, n_dims: usize) -> Self {
        let point = |row: usize| &coordinates[row * n_dims..(row + 1) * n_dims];
        let groups = Groups::new(coordinates.len() / n_dims, |a, b| {
            let pairs = point(a).iter().zip(point(b));
            pairs
                .map(|(a, b)| a.total_cmp(b))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let width = n_dims.next_multiple_of(LANES);
        let filled = |&group: &u32| {
            let coordinates = point(groups.rows(group)[0] as usize).iter().copied();
            coordinates.chain(std::iter::repeat_n(0.0, width - n_dims))
        };
        let order: Vec<u32> = (0..groups.len() as u32).collect();
        let points = order.iter().flat_map(filled).collect();
        let mut growth = Growth { width, points, order, nodes: Vec::new(), boxes: Vec::new() };
        if groups.len() > 0 {
            growth.grow(0, groups.len());
        }
        let Growth { order, nodes, boxes, .. } = growth;
        let points = order.iter().flat_map(filled).collect();
        let mut places = vec![0; order.len()];
        for (place, &group) in (0..).zip(&order) {
            places[group as usize] = place;
        }
        Self { width, groups, order, points, places, nodes, boxes }
    }

    /// The rows at each point.
    pub(super) fn groups(&self) -> &Groups {
        &self.groups
    }

    /// The coordinates at a place in the order of the leaves.
    fn point(&self, place: usize) -> &[f64] {
        &self.points[place * self.width..][..self.width]
    }

    /// The `k` rows nearest to each of `groups`, by distance, then by row.
    pub(super) fn nearest(
        &self,
        groups: &[u32],
        k: usize,
        progress: &dyn Progress,
    ) -> Vec<Vec<u32>> {
        let k = k.min(self.groups.n_rows());
        let place = |&at: &usize| self.places[groups[at] as usize];
        // Side by side in the tree, so that those of a batch go the same ways.
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.par_sort_unstable_by_key(place);
        let batches = order.par_chunks(BATCH).flat_map_iter(|batch| {
            let points = batch.iter().map(|at| self.point(place(at) as usize)).collect();
            let found = Search::new(self, points, k).run();
            progress.advance(batch.len() as u64);
            batch.iter().copied().zip(found)
        });
        let mut nearest = vec![Vec::new(); groups.len()];
        for (at, rows) in batches.collect::<Vec<_>>() {
            nearest[at] = rows;
        }
        nearest
    }

    /// The squared distance of a point from a node's box.
    fn box_distance(&self, node: usize, point: &[f64]) -> f64 {
        let (low, high) =
            self.boxes[2 * node * self.width..][..2 * self.width].split_at(self.width);
        square_distance_from_box(point, low, high)
    }
}

/// Queries on their way through a tree.
struct Search<'a> {
    tree: &'a KdTree,
    points: Vec<&'a [f64]>,
    nearest: Vec<Nearest>,
    /// Of the nodes from the root to where the search is, and of their halves: who goes there.
    visits: Vec<Visit>,
}

/// A query at a node.
#[derive(Clone, Copy)]
struct Visit {
    query: usize,
    /// Its squared distance from the node's box.
    distance: f64,
}

impl<'a> Search<'a> {
    fn new(tree: &'a KdTree, points: Vec<&'a [f64]>, k: usize) -> Self {
        let nearest = points.iter().map(|_| Nearest { k, found: Vec::with_capacity(k + 1) });
        let visits = (0..points.len()).map(|query| Visit { query, distance: 0.0 });
        Self { tree, nearest: nearest.collect(), visits: visits.collect(), points }
    }

    /// By query, its nearest rows in order.
    fn run(mut self) -> Vec<Vec<u32>> {
        if !self.tree.nodes.is_empty() {
            self.descend(0, 0..self.points.len());
        }
        let rows = |nearest: Nearest| nearest.found.into_iter().map(|(_, row)| row).collect();
        self.nearest.into_iter().map(rows).collect()
    }

    /// Looks below `node` for the queries of some visits to it.
    fn descend(&mut self, node: usize, visits: Range<usize>) {
        let Node { start, end, children } = self.tree.nodes[node];
        let Some(children) = children else {
            return visits.for_each(|at| self.compare(start..end, self.visits[at]));
        };
        let first = self.visits.len();
        let mut of_half = [0.0; 2];
        for half in 0..2 {
            for at in visits.clone() {
                let Visit { query, distance } = self.visits[at];
                // At an equal distance a row with a smaller number may still come first.
                if distance <= self.nearest[query].worst() {
                    let distance = self.tree.box_distance(children[half], self.points[query]);
                    of_half[half] += distance;
                    self.visits.push(Visit { query, distance });
                }
            }
        }
        let middle = usize::midpoint(first, self.visits.len());
        let mut halves = [(children[0], first..middle), (children[1], middle..self.visits.len())];
        if of_half[1] < of_half[0] {
            halves.reverse();
        }
        for (child, visits) in halves {
            if !visits.is_empty() {
                self.descend(child, visits);
            }
        }
        self.visits.truncate(first);
    }

    /// Offers a query the rows at the places of a leaf.
    fn compare(&mut self, places: Range<usize>, Visit { query, distance }: Visit) {
        let (tree, nearest) = (self.tree, &mut self.nearest[query]);
        if distance > nearest.worst() {
            return;
        }
        let mut distances = [0.0; LEAF];
        let points = &tree.points[places.start * tree.width..places.end * tree.width];
        square_distances(self.points[query], points, &mut distances);
        for (place, distance) in places.zip(distances) {
            if distance <= nearest.worst() {
                // Ascending, so only the first `k` can be among the nearest.
                for &row in tree.groups.rows(tree.order[place]).iter().take(nearest.k) {
                    nearest.offer(distance, row);
                }
            }
        }
    }
}

/// A tree while it is built; `points` are by group.
struct Growth {
    width: usize,
    points: Vec<f64>,
    order: Vec<u32>,
    nodes: Vec<Node>,
    boxes: Vec<f64>,
}

impl Growth {
    /// Adds the node of `order[start..end]` and those below, and returns its position.
    fn grow(&mut self, start: usize, end: usize) -> usize {
        let at = self.nodes.len();
        let mut low = vec![f64::INFINITY; self.width];
        let mut high = vec![f64::NEG_INFINITY; self.width];
        for &group in &self.order[start..end] {
            let point = &self.points[group as usize * self.width..][..self.width];
            for ((low, high), &x) in low.iter_mut().zip(&mut high).zip(point) {
                *low = low.min(x);
                *high = high.max(x);
            }
        }
        let extent = |dim: usize| high[dim] - low[dim];
        let widest = (0..self.width).max_by(|&a, &b| extent(a).total_cmp(&extent(b))).unwrap_or(0);
        self.boxes.extend(&low);
        self.boxes.extend(&high);
        self.nodes.push(Node { start, end, children: None });
        if end - start > LEAF {
            let middle = (end - start) / 2;
            let (points, width) = (&self.points, self.width);
            let key = |group: u32| points[group as usize * width + widest];
            self.order[start..end]
                .select_nth_unstable_by(middle, |&a, &b| key(a).total_cmp(&key(b)));
            let left = self.grow(start, start + middle);
            let right = self.grow(start + middle, end);
            self.nodes[at].children = Some([left, right]);
        }
        at
    }
}

/// The coordinates in groups that are added at once.
#[inline(always)]
fn lanes(point: &[f64]) -> impl Iterator<Item = &[f64; LANES]> {
    point.as_chunks().0.iter()
}

/// Writes those between `point` and each of `points`, which stand one after the other.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn square_distances(point: &[f64], points: &[f64], distances: &mut [f64; LEAF]) {
    for (other, distance) in points.chunks_exact(point.len()).zip(distances) {
        let mut sums = [0.0; LANES];
        for (a, b) in lanes(point).zip(lanes(other)) {
            for lane in 0..LANES {
                let difference = a[lane] - b[lane];
                sums[lane] += difference * difference;
            }
        }
        *distance = sums.iter().sum();
    }
}

/// That between a point and the box from `low` to `high`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn square_distance_from_box(point: &[f64], low: &[f64], high: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for (point, (low, high)) in lanes(point).zip(lanes(low).zip(lanes(high))) {
        for lane in 0..LANES {
            let gap = (low[lane] - point[lane]).max(point[lane] - high[lane]).max(0.0);
            sums[lane] += gap * gap;
        }
    }
    sums.iter().sum()
}

/// The nearest rows so far, by distance, then by row.
struct Nearest {
    k: usize,
    found: Vec<(f64, u32)>,
}

impl Nearest {
    /// Beyond this distance nothing is of interest.
    fn worst(&self) -> f64 {
        match self.found.last() {
            Some(&(distance, _)) if self.found.len() == self.k => distance,
            _ => f64::INFINITY,
        }
    }

    fn offer(&mut self, distance: f64, row: u32) {
        let at = self.found.partition_point(|&(d, r)| (d, r) < (distance, row));
        if at < self.k {
            if self.found.len() == self.k {
                self.found.pop();
            }
            self.found.insert(at, (distance, row));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn neighbours_are_those_of_an_exhaustive_search(
            rows in prop::collection::vec(prop::collection::vec(0u8..6, 7), 1..120),
            n_dims in 1usize..8,
            k in 1usize..9,
        ) {
            // Thirds, as probabilities are: sums of their squares round.
            let coordinate = |&x: &u8| f64::from(x) / 3.0;
            let points: Vec<Vec<f64>> =
                rows.iter().map(|row| row[..n_dims].iter().map(coordinate).collect()).collect();
            let tree = KdTree::new(points.concat(), n_dims);
            let groups: Vec<u32> = (0..tree.groups().len() as u32).collect();
            let nearest = tree.nearest(&groups, k, &());
            for (row, point) in points.iter().enumerate() {
                // Equal distances must be equal numbers here too, hence the same sum.
                let filled = |point: &Vec<f64>| [point.as_slice(), &vec![0.0; 8 - n_dims]].concat();
                let distance = |other: &Vec<f64>| {
                    let mut distances = [0.0; LEAF];
                    square_distances(&filled(point), &filled(other), &mut distances);
                    distances[0]
                };
                let mut all: Vec<(f64, u32)> = points.iter().map(distance).zip(0..).collect();
                all.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
                all.truncate(k);
                let all: Vec<u32> = all.into_iter().map(|(_, row)| row).collect();
                prop_assert_eq!(&nearest[tree.groups().of(row as u32) as usize], &all);
            }
        }
    }

    #[test]
    fn a_thousand_rows_on_a_line_and_at_a_point() {
        let mut points = vec![1.0; 2000];
        points.extend((0..1000).flat_map(|x| [f64::from(x), 1.0]));
        let tree = KdTree::new(points, 2);
        assert_eq!(tree.nearest(&[tree.groups().of(0)], 3, &()), [[0, 1, 2]]);
        assert_eq!(tree.nearest(&[tree.groups().of(1500)], 3, &()), [[1500, 1499, 1501]]);
    }
}
