//! Each part against what it could be done by more slowly.

use super::*;
use crate::data::Coded;
use rand::RngExt;

fn seed() -> Seed {
    Seed::master(5)
}

/// Points of small whole numbers, so that many coincide and many distances tie.
fn lattice(n: usize, name: &str) -> Vec<Point> {
    let mut rng = seed().stream(name);
    let point =
        |_| std::array::from_fn(|axis| f64::from(rng.random_range(-1i8..=1)) / (axis + 1) as f64);
    (0..n).map(point).collect()
}

fn scattered(n: usize, name: &str) -> Vec<Point> {
    let mut rng = seed().stream(name);
    (0..n).map(|_| std::array::from_fn(|axis| rng.random::<f64>() / (axis + 1) as f64)).collect()
}

#[test]
fn the_tree_finds_what_looking_at_every_point_finds() {
    for (points, queries) in [
        (lattice(3000, "points"), lattice(300, "queries")),
        (scattered(3000, "points"), scattered(300, "queries")),
        (lattice(1, "points"), lattice(3, "queries")),
        (vec![], lattice(2, "queries")),
    ] {
        let distinct = Distinct::new(&points);
        let tree = KdTree::new(&distinct.points);
        let all =
            || queries.iter().map(|q| (q, None)).chain(distinct.points.iter().zip((0..).map(Some)));
        for (query, other_than) in all() {
            let others = distinct.points.iter().zip(0u32..).filter(|&(_, i)| Some(i) != other_than);
            let distances = others.map(|(point, i)| (squared_distance(query, point), i));
            let nearest = distances.min_by(|a, b| a.partial_cmp(b).expect("numbers"));
            assert_eq!(tree.nearest(query, other_than), nearest);
        }
    }
}

#[test]
fn distinct_points_are_counted_and_found_again() {
    let mut points = lattice(500, "points");
    points[7] = [-0.0; DIMENSIONS];
    points[8] = [0.0; DIMENSIONS];
    let distinct = Distinct::new(&points);
    assert!(distinct.points.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(
        distinct.points.is_sorted_by(|a, b| a.partial_cmp(b).is_some_and(|order| order.is_lt()))
    );
    assert_eq!(distinct.rows.iter().sum::<u32>(), 500);
    for (point, &position) in points.iter().zip(&distinct.of_row) {
        assert_eq!(*point, distinct.points[position as usize]);
    }
    assert_eq!(distinct.of_row[7], distinct.of_row[8]);
}

/// The agreement by summing over many levels, with the tie that a level falls into shared out.
fn agreement_by_levels(reference: &[f64], values: &[f64]) -> f64 {
    let levels = 20_000;
    let share = |list: &[f64], is: &dyn Fn(f64) -> bool| {
        list.iter().filter(|&&x| is(x)).count() as f64 / list.len() as f64
    };
    let finite = values.iter().filter(|value| value.is_finite());
    let steps: Vec<_> = finite
        .map(|&value| (share(reference, &|x| x < value), share(reference, &|x| x == value)))
        .collect();
    let within = |alpha: f64| -> f64 {
        let within = steps.iter().map(|&(below, tied)| match tied {
            0.0 => f64::from(u8::from(below <= alpha)),
            _ => ((alpha - below) / tied).clamp(0.0, 1.0),
        });
        within.sum::<f64>() / values.len() as f64
    };
    let alphas = (0..levels).map(|level| (f64::from(level) + 0.5) / f64::from(levels));
    let area: f64 = alphas.map(|alpha| (within(alpha) - alpha).abs() / f64::from(levels)).sum();
    1.0 - 2.0 * area
}

#[test]
fn the_curve_is_what_its_levels_add_up_to() {
    let mut rng = seed().stream("curve");
    let mut draw = |n: usize, kinds: u8, infinite: f64| -> Vec<f64> {
        let value = |_| {
            let value = f64::from(rng.random_range(0..kinds));
            if rng.random::<f64>() < infinite { f64::INFINITY } else { value }
        };
        (0..n).map(value).collect()
    };
    for (kinds, infinite) in [(1, 0.0), (2, 0.0), (5, 0.2), (40, 0.0), (200, 0.5)] {
        let (mut reference, mut values) = (draw(23, kinds, 0.0), draw(31, kinds, infinite));
        let expected = agreement_by_levels(&reference, &values);
        let actual = agreement(&mut reference, &mut values);
        assert!((actual - expected).abs() < 1e-3, "{kinds} kinds: {actual}, not {expected}");
    }
}

#[test]
fn the_curve_at_its_ends() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a}, not {b}");
    // The same values, with ties and without.
    close(agreement(&mut [2.0, 1.0, 2.0], &mut [2.0, 2.0, 1.0]), 1.0);
    close(agreement(&mut [1.0, 2.0], &mut [1.0, 1.0, 2.0, 2.0]), 1.0);
    // Never within, and always.
    close(agreement(&mut [1.0, 2.0], &mut [f64::INFINITY; 3]), 0.0);
    close(agreement(&mut [1.0, 2.0], &mut [3.0]), 0.0);
    close(agreement(&mut [1.0, 2.0], &mut [0.0]), 0.0);
    // Half of the values are never within, the others as they should: P(α) = α/2.
    close(agreement(&mut [1.0, 2.0], &mut [1.0, 2.0, 9.0, 9.0]), 0.5);
}

/// Rows whose columns hang on each other, with a rare category that occurs five times.
fn rows(n: usize) -> Coded {
    let mut rng = seed().stream("rows");
    let mut columns = vec![Vec::new(); 4];
    for row in 0..n {
        let a = rng.random_range(0..6u32);
        let b = if rng.random::<f64>() < 0.7 { a / 2 } else { rng.random_range(0..4) };
        let c = if rng.random::<f64>() < 0.4 { (a + b) % 5 } else { rng.random_range(0..5) };
        let d = if row % (n / 5) == 0 { 2 } else { u32::from(rng.random::<f64>() < 0.3) };
        columns.iter_mut().zip([a, b, c, d]).for_each(|(column, code)| column.push(code));
    }
    Coded::new(columns, vec![6, 4, 5, 4])
}

#[test]
fn the_axes_are_singular_vectors_of_the_standardised_indicator_matrix() {
    let real = rows(400);
    let embedding = Embedding::new(&real, seed()).expect("rows");
    let points = embedding.points(&real);
    // The rare category of the last column is alone in its pool, as it would be by itself.
    let n = real.n_rows();
    let categories: Vec<(usize, u32)> =
        (0..4).flat_map(|c| (0..real.sizes()[c] as u32).map(move |code| (c, code))).collect();
    let occurs = |&&(c, code): &&(usize, u32)| real.column(c).contains(&code);
    let categories: Vec<_> = categories.iter().filter(occurs).collect();
    let total = (n * 4) as f64;
    let shares: Vec<f64> = categories
        .iter()
        .map(|&&(c, code)| real.column(c).iter().filter(|&&x| x == code).count() as f64 / total)
        .collect();
    let standardised = nalgebra::DMatrix::from_fn(n, categories.len(), |row, j| {
        let &(c, code) = categories[j];
        let share = if real.column(c)[row] == code { 1.0 / total } else { 0.0 };
        (share - shares[j] / n as f64) * (n as f64 / shares[j]).sqrt()
    });
    let svd = standardised.svd(true, false);
    let (u, values) = (svd.u.expect("asked for"), svd.singular_values);
    for axis in 0..DIMENSIONS {
        let inertia = embedding.inertia()[axis];
        assert!((inertia - values[axis].powi(2)).abs() < 1e-12, "axis {axis}: {inertia}");
    }
    // Distances have no sign or rotation.
    let expected = |row: usize| -> Vec<f64> {
        (0..DIMENSIONS).map(|k| u[(row, k)] * values[k] * (n as f64).sqrt()).collect()
    };
    for (a, b) in (0..n).zip((0..n).rev()) {
        let pairs = expected(a).into_iter().zip(expected(b));
        let expected: f64 = pairs.map(|(x, y)| (x - y).powi(2)).sum();
        let actual = squared_distance(&points[a], &points[b]);
        assert!((actual - expected).abs() < 1e-9, "rows {a}, {b}: {actual}, not {expected}");
    }
    for axis in 0..DIMENSIONS {
        let mean: f64 = points.iter().map(|point| point[axis]).sum::<f64>() / n as f64;
        assert!(mean.abs() < 1e-12, "axis {axis}: {mean}");
    }
}

#[test]
fn rare_and_unknown_categories_are_one() {
    let mut columns = vec![vec![0; 30], [vec![0; 15], vec![1; 12], vec![2, 2, 3]].concat()];
    columns[0][..10].fill(1);
    let real = Coded::new(columns, vec![2, 6]);
    let embedding = Embedding::new(&real, seed()).expect("rows");
    let of = |code: u32| embedding.points(&Coded::new(vec![vec![0], vec![code]], vec![2, 6]));
    assert_eq!(of(2), of(3));
    assert_eq!(of(2), of(5));
    assert_ne!(of(2), of(1));
}

#[test]
fn axes_that_there_are_not_are_zero() {
    let constant = Coded::new(vec![vec![0; 50], vec![3; 50]], vec![1, 4]);
    let embedding = Embedding::new(&constant, seed()).expect("rows");
    assert_eq!(embedding.points(&constant), [[0.0; DIMENSIONS]; 50]);
    // Two equal columns of two categories have one axis, of variance 1.
    let codes: Vec<u32> = (0..50).map(|row| u32::from(row % 3 == 0)).collect();
    let equal = Coded::new(vec![codes.clone(), codes], vec![2, 2]);
    let embedding = Embedding::new(&equal, seed()).expect("rows");
    assert!((embedding.inertia()[0] - 1.0).abs() < 1e-12);
    assert_eq!(embedding.inertia()[1..], [0.0; DIMENSIONS - 1]);
}

#[test]
fn with_many_categories_the_axes_do_not_hang_on_the_seed() {
    // More categories than the Krylov space has dimensions.
    let mut rng = seed().stream("many");
    let user: Vec<u32> = (0..6000).map(|_| rng.random_range(0..400)).collect();
    let mut of_user = |n: u32| -> Vec<u32> {
        user.iter()
            .map(|&u| if rng.random::<f64>() < 0.8 { u % n } else { rng.random_range(0..n) })
            .collect()
    };
    let (group, other) = (of_user(3), of_user(5));
    let real = Coded::new(vec![user.clone(), group, other], vec![400, 3, 5]);
    let inertia = [1, 2].map(|s| *Embedding::new(&real, Seed::master(s)).expect("rows").inertia());
    for axis in 0..DIMENSIONS {
        let [a, b] = inertia.map(|inertia| inertia[axis]);
        assert!((a - b).abs() < 1e-9 && a > 0.0, "axis {axis}: {a}, {b}");
    }
}

/// The three numbers' inputs by looking at all pairs of rows.
#[test]
fn support_is_that_of_all_pairs() {
    for (real, synthetic) in [
        (lattice(300, "real"), lattice(200, "synthetic")),
        (scattered(200, "real"), scattered(350, "synthetic")),
        ([lattice(100, "real"), scattered(100, "real")].concat(), lattice(150, "real")),
    ] {
        let centre = mean(&real);
        let synthetic_centre = mean(&synthetic);
        let lexicographic = |a: &Point, b: &Point| a.partial_cmp(b).expect("numbers");
        let nearest = |from: &Point, points: &[Point], other_than: Option<usize>| {
            let others = points.iter().enumerate().filter(|&(i, _)| Some(i) != other_than);
            let distance = |p: &Point| squared_distance(from, p);
            let order = |a: &(usize, &Point), b: &(usize, &Point)| {
                distance(a.1).total_cmp(&distance(b.1)).then(lexicographic(a.1, b.1))
            };
            others.min_by(order).map(|(i, point)| (i, *point, distance(point))).expect("points")
        };
        let distances = |centre: &Point, points: &[Point]| -> Vec<f64> {
            points.iter().map(|p| squared_distance(centre, p)).collect()
        };
        let precision =
            agreement_by_levels(&distances(&centre, &real), &distances(&centre, &synthetic));
        let own: Vec<f64> =
            real.iter().enumerate().map(|(i, row)| nearest(row, &real, Some(i)).2).collect();
        let covered: Vec<f64> = real
            .iter()
            .zip(&own)
            .map(|(row, &own)| match nearest(row, &synthetic, None) {
                (_, point, distance) if distance <= own => {
                    squared_distance(&synthetic_centre, &point)
                }
                _ => f64::INFINITY,
            })
            .collect();
        let recall = agreement_by_levels(&distances(&synthetic_centre, &synthetic), &covered);
        let authentic = synthetic.iter().filter(|&row| {
            let (near, _, distance) = nearest(row, &real, None);
            distance > own[near]
        });
        let authenticity = authentic.count() as f64 / synthetic.len() as f64;
        let actual = support_of_points(&real, &synthetic);
        assert!((actual.alpha_precision - precision).abs() < 1e-3, "{actual:?}, {precision}");
        assert!((actual.beta_recall - recall).abs() < 1e-3, "{actual:?}, {recall}");
        assert_eq!(actual.authenticity, authenticity);
    }
}
