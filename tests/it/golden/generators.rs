//! Golden runs of the generators.

use super::{Numbers, Run, assert_rounding_is_small, assert_visible};
use rand::RngExt;
use serde_json::json;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::device::Device;
use synthctr::generators::{
    Conditioning, CopulaGan, Ctgan, Family, FitOptions, FittedGenerator, GaussianCopula,
    GeneratorConfig, GeneratorKind, Independent, Resample, Smoten, TabDdpm, TimestepSampling, Tvae,
    UniformItem, Way,
};
use synthctr::seed::Seed;

/// Rows drawn of each label.
const DRAWN: usize = 5000;

/// The generators that are trained.
const TRAINED: [GeneratorKind; 4] =
    [GeneratorKind::Ctgan, GeneratorKind::CopulaGan, GeneratorKind::Tvae, GeneratorKind::TabDdpm];

/// Rows of four fields that hang together and with the label; the third decides the fourth.
fn rows() -> Table {
    let mut rng = Seed::master(7).stream("rows");
    let sizes = [3, 5, 4, 2];
    let field = |(i, &size): (usize, &u32)| {
        let name = ["user", "item", "weekday", "weekend"][i];
        Field::categorical(name, (0..size).map(|code| code.to_string()).collect())
    };
    let fields = sizes.iter().enumerate().map(field).collect();
    let (mut columns, mut labels) = (vec![Vec::new(); 4], Vec::new());
    for _ in 0..300 {
        let hidden = rng.random_range(0..3u32);
        let drawn = sizes.map(|size| {
            let own = rng.random_range(0..size);
            if rng.random_bool(0.6) { hidden % size } else { own }
        });
        let codes = [drawn[0], drawn[1], drawn[2], drawn[2] / 2];
        columns.iter_mut().zip(codes).for_each(|(column, code)| column.push(code));
        // Some pairs of user and item are never clicked.
        let never = codes[0] == 1 && codes[1] >= 3;
        let share = if never { 0.0 } else { [0.2, 0.4, 0.8][hidden as usize] };
        labels.push(u8::from(rng.random_bool(share)));
    }
    Table::new(Arc::new(Schema { label: "label".into(), fields }), columns, labels)
}

/// Combinations of these two fields are kept.
fn constraints() -> Vec<Vec<String>> {
    vec![vec!["weekday".to_owned(), "weekend".to_owned()]]
}

/// Every setting off its default.
fn ctgan() -> Ctgan {
    Ctgan {
        epochs: 3,
        batch_size: 60,
        pac: 3,
        noise_dim: 4,
        generator_units: vec![8, 7],
        discriminator_units: vec![9, 6],
        discriminator_steps: 2,
        dropout: 0.3,
        temperature: 0.6,
        gradient_penalty: 3.0,
        learning_rate: 1e-2,
        decay: 0.3,
    }
}

/// Every setting off its default.
fn tvae() -> Tvae {
    Tvae {
        embedding_dim: 3,
        compress_dims: vec![8],
        decompress_dims: vec![7, 6],
        l2: 0.3,
        learning_rate: 1e-2,
        loss_factor: 0.7,
        batch_size: 60,
        epochs: 3,
    }
}

/// Every setting off its default.
fn tab_ddpm() -> TabDdpm {
    TabDdpm {
        timesteps: 4,
        hidden_units: vec![8, 7],
        embedding_dim: 6,
        dropout: 0.5,
        learning_rate: 5e-2,
        batch_size: 60,
        steps: 14,
        timestep_sampling: TimestepSampling::Importance,
        ema_decay: 0.9,
    }
}

/// Every setting off its default.
fn copula() -> GaussianCopula {
    GaussianCopula { marginal: Family::Empirical }
}

/// Every setting off its default.
fn copula_gan() -> CopulaGan {
    CopulaGan { marginal: Family::Empirical, ctgan: ctgan() }
}

/// Every setting off its default.
fn config(kind: GeneratorKind) -> GeneratorConfig {
    match kind {
        GeneratorKind::Smoten => GeneratorConfig::Smoten(Smoten { neighbours: 2 }),
        GeneratorKind::GaussianCopula => GeneratorConfig::GaussianCopula(copula()),
        GeneratorKind::Ctgan => GeneratorConfig::Ctgan(ctgan()),
        GeneratorKind::CopulaGan => GeneratorConfig::CopulaGan(copula_gan()),
        GeneratorKind::Tvae => GeneratorConfig::Tvae(tvae()),
        GeneratorKind::TabDdpm => GeneratorConfig::TabDdpm(tab_ddpm()),
        GeneratorKind::Resample => GeneratorConfig::Resample(Resample {}),
        GeneratorKind::Independent => GeneratorConfig::Independent(Independent {}),
        GeneratorKind::UniformItem => GeneratorConfig::UniformItem(UniformItem {
            item: "item".to_owned(),
            user: Some("user".to_owned()),
        }),
    }
}

fn fit(
    device: Device,
    config: &GeneratorConfig,
    way: Way,
    constraints: &[Vec<String>],
) -> FittedGenerator {
    let seed = Seed::master(4);
    // They have too few values to be taken for numbers.
    let numbers = ["user".to_owned(), "item".to_owned()];
    let options = FitOptions { way, numbers: Some(&numbers), constraints };
    synthctr::generators::fit(config, options, &rows(), device, seed, &()).expect("a fit")
}

/// The losses of every epoch, and of each label's rows the shares of the combinations of two
/// neighbouring fields.
fn numbers(fitted: &FittedGenerator) -> Numbers {
    let mut numbers = Numbers::default();
    for (label, history) in fitted.histories() {
        let of = label.map_or(String::new(), |label| format!(" of label {label}"));
        for epoch in history {
            for (name, &loss) in &epoch.losses {
                numbers.smooth(&format!("{name}{of}"), [loss]);
            }
        }
    }
    let fields = &fitted.schema().fields;
    for label in [0, 1] {
        let rows = fitted.sample(label, DRAWN, Seed::master(5), &()).expect("a sample");
        for (a, b) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
            let n = fields[b].n_categories();
            let mut counts = vec![0.0; fields[a].n_categories() * n];
            for (&x, &y) in rows.column(a).iter().zip(rows.column(b)) {
                counts[x as usize * n + y as usize] += 1.0 / DRAWN as f64;
            }
            let name = format!("{} and {} given {label}", fields[a].name, fields[b].name);
            numbers.shares(&name, counts);
        }
    }
    numbers
}

fn run(device: Device, config: &GeneratorConfig, way: Way) -> Numbers {
    numbers(&fit(device, config, way, &constraints()))
}

/// The ways of fitting a generator.
fn ways(kind: GeneratorKind) -> impl Iterator<Item = Way> {
    let readings = kind.readings().iter();
    readings
        .flat_map(|&reading| Conditioning::ALL.map(|conditioning| Way { conditioning, reading }))
}

/// The joint way in which most settings count.
fn fullest(kind: GeneratorKind) -> Way {
    let reading = kind.readings().last().copied().unwrap_or_default();
    Way { conditioning: Conditioning::Joint, reading }
}

/// All golden runs.
pub fn golden_runs() -> Vec<(String, Run)> {
    let mut runs = Vec::new();
    for kind in GeneratorKind::ALL {
        for way in ways(kind) {
            let config = config(kind);
            let numbers = run(Device::Cpu, &config, way);
            let settings = json!({ "generator": config, "constraints": constraints() });
            runs.push((format!("{kind}, {}", way.title(" ")), Run { settings, numbers }));
        }
    }
    runs
}

/// The golden settings with each in turn at its default, but for the length of the training: with
/// the default it would take minutes, and another length shows as well that it is obeyed.
fn ctgan_variants() -> Vec<(&'static str, Ctgan)> {
    // No `..`: a new setting has to be added here, and to the golden run.
    let Ctgan {
        epochs: _,
        batch_size,
        pac,
        noise_dim,
        generator_units,
        discriminator_units,
        discriminator_steps,
        dropout,
        temperature,
        gradient_penalty,
        learning_rate,
        decay,
    } = Ctgan::default();
    vec![
        ("epochs", Ctgan { epochs: ctgan().epochs + 1, ..ctgan() }),
        // A multiple of pac.
        ("batch_size", Ctgan { batch_size: batch_size / ctgan().pac * ctgan().pac, ..ctgan() }),
        ("pac", Ctgan { pac, ..ctgan() }),
        ("noise_dim", Ctgan { noise_dim, ..ctgan() }),
        ("generator_units", Ctgan { generator_units, ..ctgan() }),
        ("discriminator_units", Ctgan { discriminator_units, ..ctgan() }),
        ("discriminator_steps", Ctgan { discriminator_steps, ..ctgan() }),
        ("dropout", Ctgan { dropout, ..ctgan() }),
        ("temperature", Ctgan { temperature, ..ctgan() }),
        ("gradient_penalty", Ctgan { gradient_penalty, ..ctgan() }),
        ("learning_rate", Ctgan { learning_rate, ..ctgan() }),
        ("decay", Ctgan { decay, ..ctgan() }),
    ]
}

/// As [`ctgan_variants`].
fn copula_gan_variants() -> Vec<(&'static str, CopulaGan)> {
    let CopulaGan { marginal, ctgan: _ } = CopulaGan::default();
    let mut variants = vec![("marginal", CopulaGan { marginal, ..copula_gan() })];
    let of_ctgan = ctgan_variants().into_iter();
    variants.extend(of_ctgan.map(|(name, ctgan)| (name, CopulaGan { ctgan, ..copula_gan() })));
    variants
}

/// As [`ctgan_variants`].
fn tvae_variants() -> Vec<(&'static str, Tvae)> {
    let Tvae {
        embedding_dim,
        compress_dims,
        decompress_dims,
        l2,
        learning_rate,
        loss_factor,
        batch_size,
        epochs: _,
    } = Tvae::default();
    vec![
        ("embedding_dim", Tvae { embedding_dim, ..tvae() }),
        ("compress_dims", Tvae { compress_dims, ..tvae() }),
        ("decompress_dims", Tvae { decompress_dims, ..tvae() }),
        ("l2", Tvae { l2, ..tvae() }),
        ("learning_rate", Tvae { learning_rate, ..tvae() }),
        ("loss_factor", Tvae { loss_factor, ..tvae() }),
        ("batch_size", Tvae { batch_size, ..tvae() }),
        ("epochs", Tvae { epochs: tvae().epochs + 1, ..tvae() }),
    ]
}

/// As [`ctgan_variants`].
fn tab_ddpm_variants() -> Vec<(&'static str, TabDdpm)> {
    let TabDdpm {
        timesteps,
        hidden_units,
        embedding_dim,
        dropout,
        learning_rate,
        batch_size,
        steps: _,
        timestep_sampling,
        ema_decay,
    } = TabDdpm::default();
    vec![
        ("timesteps", TabDdpm { timesteps, ..tab_ddpm() }),
        ("hidden_units", TabDdpm { hidden_units, ..tab_ddpm() }),
        ("embedding_dim", TabDdpm { embedding_dim, ..tab_ddpm() }),
        ("dropout", TabDdpm { dropout, ..tab_ddpm() }),
        ("learning_rate", TabDdpm { learning_rate, ..tab_ddpm() }),
        ("batch_size", TabDdpm { batch_size, ..tab_ddpm() }),
        ("steps", TabDdpm { steps: tab_ddpm().steps + 1, ..tab_ddpm() }),
        ("timestep_sampling", TabDdpm { timestep_sampling, ..tab_ddpm() }),
        ("ema_decay", TabDdpm { ema_decay, ..tab_ddpm() }),
    ]
}

/// Every variant of a generator's settings; of those without settings, none.
fn variants(kind: GeneratorKind) -> Vec<(&'static str, GeneratorConfig)> {
    fn all<C>(
        variants: Vec<(&'static str, C)>,
        config: fn(C) -> GeneratorConfig,
    ) -> Vec<(&'static str, GeneratorConfig)> {
        variants.into_iter().map(|(name, settings)| (name, config(settings))).collect()
    }
    match kind {
        GeneratorKind::Smoten => {
            let Smoten { neighbours } = Smoten::default();
            all(vec![("neighbours", Smoten { neighbours })], GeneratorConfig::Smoten)
        }
        GeneratorKind::GaussianCopula => {
            let GaussianCopula { marginal } = GaussianCopula::default();
            all(vec![("marginal", GaussianCopula { marginal })], GeneratorConfig::GaussianCopula)
        }
        GeneratorKind::Ctgan => all(ctgan_variants(), GeneratorConfig::Ctgan),
        GeneratorKind::CopulaGan => all(copula_gan_variants(), GeneratorConfig::CopulaGan),
        GeneratorKind::Tvae => all(tvae_variants(), GeneratorConfig::Tvae),
        GeneratorKind::TabDdpm => all(tab_ddpm_variants(), GeneratorConfig::TabDdpm),
        GeneratorKind::Resample => {
            let Resample {} = Resample::default();
            Vec::new()
        }
        GeneratorKind::Independent => {
            let Independent {} = Independent::default();
            Vec::new()
        }
        GeneratorKind::UniformItem => {
            // The default names no item, and without one there is no fit.
            let UniformItem { item: _, user } = UniformItem::default();
            let item = "item".to_owned();
            let another = UniformItem { item: "user".to_owned(), user: None };
            let variants = vec![("user", UniformItem { item, user }), ("item", another)];
            all(variants, GeneratorConfig::UniformItem)
        }
    }
}

#[test]
fn every_setting_of_the_generators_shows() {
    for kind in GeneratorKind::ALL {
        let golden = run(Device::Cpu, &config(kind), fullest(kind));
        assert_visible(kind.name(), &golden, variants(kind), |config| {
            run(Device::Cpu, &config, fullest(kind))
        });
    }
}

#[test]
fn constraints_show() {
    // A resampled row holds no other combinations anyway; uniform-item changes neither field.
    for kind in GeneratorKind::ALL {
        if matches!(kind, GeneratorKind::Resample | GeneratorKind::UniformItem) {
            continue;
        }
        let [golden, free] = [constraints(), Vec::new()].map(|constraints| {
            numbers(&fit(Device::Cpu, &config(kind), fullest(kind), &constraints))
        });
        assert_visible(kind.name(), &golden, vec![("constraints", free)], |free| free);
    }
}

#[test]
fn rounding_stays_far_below_what_is_tolerated() {
    for kind in TRAINED {
        for way in ways(kind) {
            let [cpu, reference] =
                [Device::Cpu, Device::NdArray].map(|device| run(device, &config(kind), way));
            assert_rounding_is_small(&format!("{kind}, {}", way.title(" ")), &cpu, &reference);
        }
    }
}
