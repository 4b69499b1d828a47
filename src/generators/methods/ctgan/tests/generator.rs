//! The generator's step against finite differences of one in double precision.

use super::critic::{Keep, Plain};
use super::*;
use crate::generators::parts::neural::normal_tensor;

/// The generator in double precision on one-hot conditions, written without regard to speed.
struct PlainGenerator {
    /// As in [`generator_gradients`].
    parameters: Vec<f64>,
    width: usize,
    units: Vec<usize>,
    outputs: usize,
}

/// What a step of the generator reads.
struct Given {
    noise: Vec<Vec<f64>>,
    /// Columns, one for each row.
    conditions: Vec<i32>,
    /// Gumbel noise of the blocks' columns.
    gumbel: Vec<Vec<f64>>,
}

/// `−ln(−ln u)` by position: 32 bits a column, of which the upper 23 make `u`.
fn gumbel(seed: Seed, n: usize, width: usize) -> Vec<Vec<f64>> {
    let counter = seed.counter("gumbel");
    let words = width.div_ceil(2);
    let of_column = |row: usize, column: usize| {
        let bits = counter.word((row * words + column / 2) as u64) >> (32 * (column % 2));
        let u = (f64::from(bits as u32 >> 9) + 0.5) / f64::from(1 << 23);
        -(-u.ln()).ln()
    };
    (0..n).map(|row| (0..width).map(|column| of_column(row, column)).collect()).collect()
}

impl PlainGenerator {
    fn of(network: &Network<NdArray>) -> Self {
        let mut parameters = Vec::new();
        for layer in &network.layers {
            parameters.extend(values(layer.norm.gamma.val()));
            parameters.extend(values(layer.norm.beta.val()));
        }
        let maps = network.layers.iter().map(|layer| &layer.map).chain([&network.output]);
        for map in maps {
            parameters.extend(values(map.dense.val()));
            parameters.extend(values(map.condition.as_ref().expect("a condition").val()));
        }
        parameters.extend(values(network.bias.val()));
        Self {
            parameters,
            width: network.layers[0].map.condition.as_ref().expect("a condition").val().dims()[0],
            units: network.layers.iter().map(|layer| layer.norm.gamma.val().dims()[0]).collect(),
            outputs: network.bias.val().dims()[0],
        }
    }

    /// `x·W` with the condition one-hot behind `x`; `weights [inputs + width, outputs]`.
    fn map(&self, x: &[Vec<f64>], conditions: &[i32], weights: &[f64]) -> Vec<Vec<f64>> {
        let outputs = weights.len() / (x[0].len() + self.width);
        let row = |(x, &condition): (&Vec<f64>, &i32)| {
            let mut input = x.clone();
            input.resize(x.len() + self.width, 0.0);
            input[x.len() + condition as usize] = 1.0;
            let output =
                |j| input.iter().enumerate().map(|(i, x)| x * weights[i * outputs + j]).sum();
            (0..outputs).map(output).collect()
        };
        x.iter().zip(conditions).map(row).collect()
    }

    /// Logits by row.
    fn logits(&self, given: &Given) -> Vec<Vec<f64>> {
        let mut rest = self.parameters.as_slice();
        let mut take = |n: usize| {
            let (taken, after) = rest.split_at(n);
            rest = after;
            taken
        };
        let norms: Vec<_> = self.units.iter().map(|&units| [take(units), take(units)]).collect();
        let (mut x, n) = (given.noise.clone(), given.noise.len() as f64);
        for (&units, [gamma, beta]) in self.units.iter().zip(norms) {
            let weights = take((x[0].len() + self.width) * units);
            let mapped = self.map(&x, &given.conditions, weights);
            let active = |row: &Vec<f64>, j: usize| {
                let mean = mapped.iter().map(|row| row[j]).sum::<f64>() / n;
                let variance = mapped.iter().map(|row| (row[j] - mean).powi(2)).sum::<f64>() / n;
                (gamma[j] * (row[j] - mean) / (variance + 1e-5).sqrt() + beta[j]).max(0.0)
            };
            let beside = |(row, x): (&Vec<f64>, &Vec<f64>)| {
                (0..units).map(|j| active(row, j)).chain(x.iter().copied()).collect()
            };
            x = mapped.iter().zip(&x).map(beside).collect();
        }
        let mut logits =
            self.map(&x, &given.conditions, take((x[0].len() + self.width) * self.outputs));
        let bias = take(self.outputs);
        logits.iter_mut().for_each(|row| row.iter_mut().zip(bias).for_each(|(x, b)| *x += b));
        assert!(rest.is_empty());
        logits
    }

    /// Minus the mean score, and the conditions' mean cross-entropy.
    fn losses(&self, given: &Given, critic: &Plain, keep: &Keep, settings: &Ctgan) -> [f64; 2] {
        let (logits, n, pac) = (self.logits(given), given.noise.len(), settings.pac);
        let ranges: Vec<_> = Blocks::new(vec![3, 4, 2]).ranges().collect();
        let entropy = |(row, &condition): (&Vec<f64>, &i32)| {
            let condition = condition as usize;
            let block = ranges.iter().find(|range| range.contains(&condition)).expect("a block");
            row[block.clone()].iter().map(|x| x.exp()).sum::<f64>().ln() - row[condition]
        };
        let entropies = logits.iter().zip(&given.conditions).map(entropy);
        let entropy = entropies.sum::<f64>() / n as f64;

        let soft = |row: usize| -> Vec<f64> {
            let powers: Vec<f64> = (0..self.width)
                .map(|j| ((logits[row][j] + given.gumbel[row][j]) / settings.temperature).exp())
                .collect();
            let total = |j: &usize| -> f64 {
                powers[ranges.iter().find(|range| range.contains(j)).expect("a block").clone()]
                    .iter()
                    .sum()
            };
            (0..self.width).map(|j| powers[j] / total(&j)).collect()
        };
        let score = |pack: usize| {
            let rows = pack * pac..(pack + 1) * pac;
            let mut input: Vec<f64> = rows.clone().flat_map(soft).collect();
            for row in rows.clone() {
                let condition = given.conditions[row] as usize;
                input.extend((0..self.width).map(|j| f64::from(u8::from(j == condition))));
            }
            input.extend(rows.flat_map(|row| logits[row][self.width..].iter().map(|x| x.tanh())));
            critic.score(&input, &keep.of(pack))
        };
        let scores: f64 = (0..n / pac).map(score).sum();
        [-scores / (n / pac) as f64, entropy]
    }
}

#[test]
fn losses_and_gradients_are_those_of_finite_differences() {
    let (rows, settings, seed) = (rows(40, 1), settings(), Seed::master(8));
    let sampler = Sampler::new(&rows);
    let training = training::<NdArray>(&settings, &rows, &sampler);
    let players = training.players();
    let (generator, critic) = (players.generator.valid(), players.critic.valid());
    let step = training.generate(&players.generator, &critic, seed);

    let (n, width) = (settings.batch_size, rows.blocks.width());
    let mut rng = seed.stream("rows");
    let conditions = (0..n).map(|_| sampler.condition(&mut rng).expect("a block")).collect();
    let noise = normal_tensor::<NdArray>(&mut rng, [n, settings.noise_dim], &Default::default());
    let noise = values(noise).chunks(settings.noise_dim).map(<[f64]>::to_vec).collect();
    let given = Given { noise, conditions, gumbel: gumbel(seed, n, width) };
    let keep = Keep::new(&settings, n / settings.pac, seed.derive("dropout"));
    let (critic, mut plain) = (Plain::of(&critic), PlainGenerator::of(&generator));

    let wanted = plain.losses(&given, &critic, &keep, &settings);
    for (found, wanted) in values(step.losses).iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-5 * (1.0 + wanted.abs()), "{found}, not {wanted}");
    }
    let found = generator_gradients::<NdArray>(&generator, &step.gradients);
    assert_eq!(found.len(), plain.parameters.len());
    let mut largest = [0.0f64; 2];
    for (i, &found) in found.iter().enumerate() {
        let mut both = |step: f64| {
            plain.parameters[i] += step;
            let losses = plain.losses(&given, &critic, &keep, &settings);
            plain.parameters[i] -= step;
            losses
        };
        let (above, below) = (both(1e-5), both(-1e-5));
        let slopes = [0, 1].map(|part| (above[part] - below[part]) / 2e-5);
        let wanted: f64 = slopes.iter().sum();
        assert!((found - wanted).abs() < 1e-4 * (1.0 + wanted.abs()), "{i}: {found}, not {wanted}");
        largest = [0, 1].map(|part| largest[part].max(slopes[part].abs()));
    }
    assert!(largest.iter().all(|&slope| slope > 1e-2), "a part of the gradient is about 0");
}
