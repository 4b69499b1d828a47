//! Exact nearest neighbours among points in few dimensions.

use super::embedding::{DIMENSIONS, Point};
use super::points::squared_distance;

/// Points in a leaf.
const LEAF: usize = 12;

/// A k-d tree (Bentley 1975) over distinct points, each node with the smallest box around its
/// points.
pub(super) struct KdTree {
    /// Points with their positions in what the tree was made of; those of a node stand together.
    points: Vec<(Point, u32)>,
    nodes: Vec<Node>,
}

struct Node {
    low: Point,
    high: Point,
    /// Its points, or those of its children.
    start: u32,
    end: u32,
    /// The position of its second child; the first follows it. None in a leaf.
    second: Option<u32>,
}

/// The nearest point so far: its squared distance and its position.
type Nearest = (f64, u32);

impl KdTree {
    pub fn new(points: &[Point]) -> Self {
        let points: Vec<_> = points.iter().copied().zip(0..).collect();
        let mut tree = Self { nodes: Vec::new(), points };
        if !tree.points.is_empty() {
            tree.build(0, tree.points.len());
        }
        tree
    }

    fn build(&mut self, start: usize, end: usize) {
        let points = &mut self.points[start..end];
        let (mut low, mut high) = (points[0].0, points[0].0);
        for (point, _) in points.iter() {
            for i in 0..DIMENSIONS {
                low[i] = low[i].min(point[i]);
                high[i] = high[i].max(point[i]);
            }
        }
        let node = self.nodes.len();
        self.nodes.push(Node { low, high, start: start as u32, end: end as u32, second: None });
        if end - start <= LEAF {
            return;
        }
        let width = |&axis: &usize| high[axis] - low[axis];
        let widest = (0..DIMENSIONS).max_by(|a, b| width(a).total_cmp(&width(b))).unwrap_or(0);
        let middle = points.len() / 2;
        points.select_nth_unstable_by(middle, |(a, i), (b, j)| {
            a[widest].total_cmp(&b[widest]).then(i.cmp(j))
        });
        self.build(start, start + middle);
        self.nodes[node].second = Some(self.nodes.len() as u32);
        self.build(start + middle, end);
    }

    /// The squared distance and the position of the point nearest to `query`, but for the point at
    /// `other_than`; of equally near ones the first. None if there is no point.
    pub fn nearest(&self, query: &Point, other_than: Option<u32>) -> Option<(f64, u32)> {
        let mut nearest = (f64::INFINITY, u32::MAX);
        if !self.nodes.is_empty() {
            self.search(0, query, other_than, &mut nearest);
        }
        (nearest.1 != u32::MAX).then_some(nearest)
    }

    fn search(&self, node: usize, query: &Point, other_than: Option<u32>, nearest: &mut Nearest) {
        let Node { start, end, second, .. } = self.nodes[node];
        let Some(second) = second else {
            for &(point, position) in &self.points[start as usize..end as usize] {
                let distance = squared_distance(query, &point);
                if (distance, position) < *nearest && Some(position) != other_than {
                    *nearest = (distance, position);
                }
            }
            return;
        };
        let children =
            [node + 1, second as usize].map(|child| (self.distance(child, query), child));
        let [near, far] =
            if children[0].0 <= children[1].0 { children } else { [children[1], children[0]] };
        for (distance, child) in [near, far] {
            // Rounding must not hide a point on the rim.
            if distance * (1.0 - 1e-12) <= nearest.0 {
                self.search(child, query, other_than, nearest);
            }
        }
    }

    /// The squared distance from a node's box.
    fn distance(&self, node: usize, query: &Point) -> f64 {
        let Node { low, high, .. } = &self.nodes[node];
        let outside = |i: usize| (low[i] - query[i]).max(query[i] - high[i]).max(0.0);
        (0..DIMENSIONS).map(|i| outside(i).powi(2)).sum()
    }
}
