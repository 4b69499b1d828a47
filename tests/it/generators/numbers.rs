//! Fields read as numbers, whatever the method, and what methods that know them must do.

use super::{config, constraint};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;
use synthctr::data::{Encoding, Field, Schema, Table};
use synthctr::device::Device;
use synthctr::generators::{
    Conditioning, CopulaGan, Ctgan, Family, FitOptions, FittedGenerator, GaussianCopula,
    GeneratorConfig, GeneratorError, GeneratorKind, Way,
};
use synthctr::seed::Seed;

const JOINT: Way =
    Way { conditioning: Conditioning::Joint, reading: synthctr::generators::Reading::Numbers };

fn fit_with(
    config: &GeneratorConfig,
    options: FitOptions<'_>,
    train: &Table,
) -> Result<FittedGenerator, GeneratorError> {
    synthctr::generators::fit(config, options, train, Device::Cpu, Seed::master(1), &())
}

/// A field of the integers of a column, and the column's codes.
fn integers(name: &str, column: &[i64]) -> (Field, Vec<u32>) {
    let mut held = column.to_vec();
    held.sort_unstable();
    held.dedup();
    let codes = column.iter().map(|x| held.partition_point(|h| h < x) as u32).collect();
    (Field::categorical(name, held.iter().map(i64::to_string).collect()), codes)
}

fn values(table: &Table, field: usize) -> Vec<f64> {
    let text = |&code: &u32| table.schema().fields[field].text(code).into_owned();
    table.column(field).iter().map(|code| text(code).parse().expect("a number")).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let (mx, my) = (mean(x), mean(y));
    let sum = |f: &dyn Fn(f64, f64) -> f64| {
        x.iter().zip(y).map(|(&a, &b)| f(a - mx, b - my)).sum::<f64>()
    };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

/// Two numbers, normal with correlation 0.6 before they are rounded, and a label that is more likely
/// the larger the first.
fn tied(n: usize) -> Table {
    let mut rng = Seed::master(3).stream("tied");
    let (mut a, mut b, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..n {
        let [x, e]: [f64; 2] = [(); 2].map(|()| StandardNormal.sample(&mut rng));
        a.push((100.0 + 20.0 * x).round() as i64);
        b.push((-7.0 + 5.0 * (0.6 * x + 0.8 * e)).round() as i64);
        labels.push(u8::from(rng.random::<f64>() < 1.0 / (1.0 + (-x).exp())));
    }
    let ((a, of_a), (b, of_b)) = (integers("a", &a), integers("b", &b));
    let schema = Schema { label: "label".into(), fields: vec![a, b] };
    Table::new(Arc::new(schema), vec![of_a, of_b], labels)
}

#[test]
fn a_copula_keeps_the_correlation_and_the_moments_of_numbers() {
    let (train, n) = (tied(20_000), 50_000);
    for marginal in [Family::Beta, Family::Normal, Family::Empirical] {
        let copula = GeneratorConfig::GaussianCopula(GaussianCopula { marginal });
        let fitted =
            fit_with(&copula, FitOptions::new(Way::numbers(Conditioning::PerClass)), &train);
        let rows = fitted.expect("a fit").sample(1, n, Seed::master(2), &()).expect("rows");
        let clicks = train.select(&train.rows_with(1));
        let [real, drawn] = [&clicks, &rows].map(|t| [values(t, 0), values(t, 1)]);
        let ([a, b], [x, y]) = (&real, &drawn);
        let difference = correlation(x, y) - correlation(a, b);
        assert!(difference.abs() < 0.02, "{marginal:?}: {difference}");
        // Standard errors of about 0.16 and 0.09 with those of the fit.
        assert!((mean(a) - mean(x)).abs() < 0.6, "{marginal:?}: {} {}", mean(a), mean(x));
        assert!((mean(b) - mean(y)).abs() < 0.2, "{marginal:?}: {} {}", mean(b), mean(y));
    }
}

/// What the model says of a number given the label, in closed form. The label's score is drawn within
/// its half of the normal distribution, whose mean is `±√(2/π)`. So score and number correlate by
/// `√(2/π) · (E[x|1] − E[x|0]) / 2σ`, and given the label the number's mean is off by that, times
/// `√(2/π)` again: `2/π` of what it is in the rows.
#[test]
fn a_copula_ties_numbers_to_the_label() {
    let train = tied(20_000);
    let marginal = Family::Normal;
    let copula = GeneratorConfig::GaussianCopula(GaussianCopula { marginal });
    let fitted = fit_with(&copula, FitOptions::new(JOINT), &train).expect("a fit");
    for label in [0, 1] {
        let rows = fitted.sample(label, 30_000, Seed::master(2), &()).expect("rows");
        let of_label = train.select(&train.rows_with(label));
        for (field, deviation) in [(0, 20.0), (1, 5.0)] {
            let [all, real, found] = [&train, &of_label, &rows].map(|t| mean(&values(t, field)));
            let wanted = all + std::f64::consts::FRAC_2_PI * (real - all);
            // Four standard errors of the mean drawn, and of the correlation learned.
            let most = 4.0 * deviation * (1.0 / 30_000f64.sqrt() + 0.8 / 20_000f64.sqrt());
            assert!((found - wanted).abs() < most, "{label} {field}: {found} not {wanted}");
        }
    }
}

/// A uniform marginal over Frappe-like identifiers spreads what is drawn evenly, whatever occurs often.
#[test]
fn a_uniform_marginal_is_flat() {
    let column: Vec<i64> = (0..3000).map(|i| 500 + i * i / 9000).collect();
    let (field, codes) = integers("id", &column);
    let n_held = field.n_categories();
    let schema = Schema { label: "label".into(), fields: vec![field] };
    let train = Table::new(Arc::new(schema), vec![codes], vec![1; 3000]);
    let copula = GeneratorConfig::GaussianCopula(GaussianCopula { marginal: Family::Uniform });
    let fitted = fit_with(&copula, FitOptions::new(JOINT), &train).expect("a fit");
    let (rows, moved) = fitted.draw(1, 40_000, Seed::master(2), &()).expect("rows");
    let drawn = values(&rows, 0);
    let middle = mean(&[500.0, *column.last().expect("a value") as f64]);
    assert!((mean(&drawn) - middle).abs() < 10.0, "{} beside {middle}", mean(&drawn));
    assert_eq!(moved.of, 40_000);
    // Early squares leave no gaps, late ones do.
    let range = column[2999] - column[0] + 1;
    let held = n_held as f64 / range as f64;
    let share = moved.share().expect("numbers");
    assert!((share - (1.0 - held)).abs() < 0.02, "{share} beside {}", 1.0 - held);
}

/// SDV's CopulaGAN is its CTGAN where there are no numbers, byte for byte.
#[test]
fn without_numbers_copula_gan_is_ctgan() {
    let train = super::random_table(300, 4, 6, 2);
    let small = Ctgan { epochs: 2, batch_size: 50, generator_units: vec![9], ..Ctgan::default() };
    let copula_gan = CopulaGan { ctgan: small.clone(), ..CopulaGan::default() };
    for conditioning in Conditioning::ALL {
        let options = FitOptions::new(Way::categories(conditioning));
        let [a, b] = [
            fit_with(&GeneratorConfig::Ctgan(small.clone()), options, &train).expect("a fit"),
            fit_with(&GeneratorConfig::CopulaGan(copula_gan.clone()), options, &train)
                .expect("a fit"),
        ];
        for label in [0, 1] {
            let draw = |fitted: &FittedGenerator| fitted.sample(label, 800, Seed::master(3), &());
            assert!(draw(&a).expect("rows") == draw(&b).expect("rows"));
        }
    }
    // And something else where there are.
    let names = constraint(&["user", "item"]);
    let options = FitOptions { numbers: Some(&names), ..FitOptions::new(JOINT) };
    let [a, b] = [GeneratorConfig::Ctgan(small), GeneratorConfig::CopulaGan(copula_gan)]
        .map(|config| fit_with(&config, options, &train).expect("a fit"));
    assert!(
        a.sample(1, 800, Seed::master(3), &()).expect("rows")
            != b.sample(1, 800, Seed::master(3), &()).expect("rows")
    );
}

/// Numbers around 0 and around 100, of which the field beside them says which.
fn two_modes(n: usize) -> Table {
    let mut rng = Seed::master(5).stream("modes");
    let (mut numbers, mut sides, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..n {
        let side = u32::from(rng.random_bool(0.3));
        let noise: f64 = StandardNormal.sample(&mut rng);
        numbers.push((100.0 * f64::from(side) + 6.0 * noise).round() as i64);
        sides.push(side);
        labels.push(u8::from(rng.random_bool(0.5)));
    }
    let (number, codes) = integers("number", &numbers);
    let side = Field::categorical("side", vec!["low".into(), "high".into()]);
    let schema = Schema { label: "label".into(), fields: vec![number, side] };
    Table::new(Arc::new(schema), vec![codes, sides], labels)
}

#[test]
fn ctgan_and_copula_gan_learn_what_a_number_says_of_a_field() {
    let train = two_modes(3000);
    let ctgan = super::small_ctgan(60);
    // A normal marginal leaves the two modes apart; the empirical one makes one of them.
    let copula_gan = CopulaGan { ctgan: ctgan.clone(), marginal: Family::Normal };
    for config in [GeneratorConfig::Ctgan(ctgan), GeneratorConfig::CopulaGan(copula_gan)] {
        let fitted = fit_with(&config, FitOptions::new(JOINT), &train).expect("a fit");
        let rows = fitted.sample(1, 3000, Seed::master(2), &()).expect("rows");
        let drawn = values(&rows, 0);
        let agree =
            drawn.iter().zip(rows.column(1)).filter(|(x, side)| (**x > 50.0) == (**side == 1));
        let agree = agree.count() as f64 / 3000.0;
        let high = super::share(rows.column(1), 1);
        let near = drawn.iter().filter(|x| x.abs() < 25.0 || (*x - 100.0).abs() < 25.0).count();
        let near = near as f64 / 3000.0;
        println!("{}: {agree} agree, {high} high, {near} near a mode", config.kind());
        assert!(agree > 0.9 && (high - 0.3).abs() < 0.12 && near > 0.95, "{}", config.kind());
    }
}

#[test]
fn bins_are_drawn_as_bins() {
    let encoding = Encoding::Bins {
        edges: vec![1.0, 2.0, 5.0],
        representatives: vec![0.0, 1.5, 3.0, 9.0],
        missing: true,
    };
    let price = Field { name: "price".into(), encoding };
    let schema = Schema { label: "label".into(), fields: vec![price] };
    let codes: Vec<u32> = (0..2000).map(|row| [0, 1, 1, 2, 2, 2, 2, 3, 4, 4][row % 10]).collect();
    let train = Table::new(Arc::new(schema), vec![codes], vec![0; 2000]);
    for kind in
        GeneratorKind::ALL.into_iter().filter(|kind| kind.readings().contains(&JOINT.reading))
    {
        let fitted = fit_with(&config(kind), FitOptions::new(JOINT), &train).expect("a fit");
        let (rows, moved) = fitted.draw(0, 2000, Seed::master(2), &()).expect("rows");
        let missing = super::share(rows.column(0), 4);
        assert!((missing - 0.2).abs() < 0.04, "{kind}: {missing} are missing");
        assert_eq!(moved.share(), None, "{kind}");
        if kind == GeneratorKind::GaussianCopula {
            // A beta distribution over four values: all occur.
            assert!((0..4).all(|code| super::share(rows.column(0), code) > 0.02));
        }
    }
}

#[test]
fn what_cannot_be_read_as_numbers_is_said() {
    let train = super::random_table(100, 4, 6, 2);
    let error = |kind: GeneratorKind, options: FitOptions<'_>| {
        fit_with(&config(kind), options, &train).err().expect("an error").to_string()
    };
    let of = |numbers| FitOptions { numbers, ..FitOptions::new(JOINT) };
    let copula = GeneratorKind::GaussianCopula;
    let smoten = error(GeneratorKind::Smoten, of(None));
    assert!(smoten.contains("smoten knows categories only"), "{smoten}");
    let none = error(copula, of(None));
    assert!(none.contains("more than 10 values that are all integers"), "{none}");
    let wrong = constraint(&["usr"]);
    let unknown = error(copula, of(Some(&wrong)));
    assert!(unknown.contains("did you mean `user`?"), "{unknown}");
}
