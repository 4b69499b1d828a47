//! Which rows are drawn, and with which conditions.

use super::*;

/// Gives rows whose field and label are equal, both labels in turn.
struct InTurn;

impl Drawer for InTurn {
    fn draw(&self, _: Option<&[i32]>, n: usize, _: Seed) -> Batch {
        let codes = (0..n as i32).flat_map(|row| [row % 2, 2 + row % 2]).collect();
        Batch { codes, numbers: Vec::new() }
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        Err("there are none".to_owned())
    }
}

#[test]
fn rows_with_the_wanted_label_are_kept() {
    let engine = Engine {
        method: "ctgan",
        card: EngineCard { shares: vec![vec![0.5, 1.0]; 2], history: Vec::new() },
        blocks: Blocks::new(vec![2, 2]),
        conditions: Blocks::new(vec![2, 2]),
        device: Device::Cpu,
        network: Box::new(InTurn),
    };
    let n = 700;
    for label in [0, 1] {
        let decode = |codes: &[i32], _: &[f32], places: &mut [u32], _: &mut [f64]| {
            places[0] = codes[0] as u32;
        };
        let wanted = Some((1, 2 + i32::from(label)));
        let drawn = engine.draw(label, wanted, n, [1, 0], Seed::master(1), &(), decode);
        assert_eq!(drawn.expect("rows").places, [vec![u32::from(label); n]]);
    }
}

#[test]
fn rows_are_drawn_with_conditions_as_frequent_as_categories() {
    // Category 0 in 1 of 30 rows, 1 in 9 of 30, 2 in 20 of 30; a label of 1 in 10 of 30.
    let code = |row: i32| [[0, 1, 2][usize::from(row > 0) + usize::from(row > 9)], 3 + row % 3 / 2];
    let codes = (0..30).flat_map(code).collect();
    let rows = Rows::new(codes, Blocks::new(vec![3, 2]), Blocks::new(vec![3, 2]), Vec::new(), 0);
    let settings = Ctgan {
        epochs: 1,
        batch_size: 10,
        noise_dim: 2,
        generator_units: vec![2],
        discriminator_units: vec![2],
        ..Ctgan::default()
    };
    let (device, seed) = (Device::NdArray, Seed::master(1));
    let engine = Engine::fit("ctgan", &settings, &rows, device, seed, &()).expect("a fit");
    let mut counts = [0.0; 5];
    let batches = 100;
    for batch in 0..batches {
        let columns = engine.conditions(Seed::master(batch)).expect("conditions");
        columns.iter().for_each(|&column| counts[column as usize] += 1.0);
    }
    let n = (batches as usize * ROWS_AT_ONCE) as f64;
    let shares = [1.0, 9.0, 20.0, 20.0, 10.0].map(|rows| rows / 60.0);
    let terms = counts.iter().zip(shares);
    let chi_squared: f64 = terms.map(|(c, p)| (c - n * p).powi(2) / (n * p)).sum();
    // The 0.9999 quantile of χ² with 4 degrees of freedom.
    assert!(chi_squared < 23.5, "{counts:?}");
}
