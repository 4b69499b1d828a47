//! The click models and their kernels against PyTorch's recorded passes and each other.

use super::config::{MaskNetConfig, ModelConfig, TowerConfig};
use super::gradients::Batch;
use super::network::{Head, Network};
use crate::nn::adam::{Adam, AdamConfig, Penalised};
use crate::nn::dense::DenseKernels;
use crate::nn::gradient_check;
use crate::nn::kernels::Kernels;
use crate::seed::Seed;
use burn::module::Param;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use burn_flex::Flex;
use burn_ndarray::NdArray;
use serde_json::Value;
use std::collections::BTreeMap;

fn recorded() -> Value {
    serde_json::from_str(include_str!("../../tests/fixtures/torch_ctr.json")).unwrap()
}

/// The numbers of a (nested) list, in order.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

fn shape(value: &Value) -> Vec<usize> {
    match value {
        Value::Array(items) => std::iter::once(items.len()).chain(shape(&items[0])).collect(),
        _ => vec![],
    }
}

fn load<B: Backend, const D: usize>(value: &Value) -> Tensor<B, D> {
    let values: Vec<f32> = numbers(value).into_iter().map(|x| x as f32).collect();
    Tensor::from_data(TensorData::new(values, shape(value)), &B::Device::default())
}

fn values<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f64> {
    tensor.into_data().convert::<f64>().to_vec().unwrap()
}

fn assert_close(what: &str, found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let allowed = tolerance * (1.0 + wanted.abs());
        assert!((found - wanted).abs() <= allowed, "{what}[{i}]: {found} instead of {wanted}");
    }
}

/// Every parameter of a network under the name the recording gives it.
struct Named<'a, B: Backend> {
    one: BTreeMap<String, &'a mut Param<Tensor<B, 1>>>,
    two: BTreeMap<String, &'a mut Param<Tensor<B, 2>>>,
}

fn named<B: Kernels>(network: &mut Network<B>) -> Named<'_, B> {
    let (mut one, mut two) = (BTreeMap::new(), BTreeMap::new());
    two.insert("embedding".to_owned(), &mut network.embedding);
    let tower = match &mut network.head {
        Head::Dnn(tower) => tower,
        Head::DeepFm(model) => {
            two.insert("fm_linear".to_owned(), &mut model.linear);
            &mut model.tower
        }
        Head::MaskNet(model) => {
            for (i, block) in model.blocks.iter_mut().enumerate() {
                two.insert(format!("blocks.{i}.mask1.weight"), &mut block.mask_in.weight);
                one.insert(format!("blocks.{i}.mask1.bias"), &mut block.mask_in.bias);
                two.insert(format!("blocks.{i}.mask2.weight"), &mut block.mask_out.weight);
                one.insert(format!("blocks.{i}.mask2.bias"), &mut block.mask_out.bias);
                two.insert(format!("blocks.{i}.hidden.weight"), &mut block.weight);
                one.insert(format!("blocks.{i}.norm.weight"), &mut block.gamma);
                one.insert(format!("blocks.{i}.norm.bias"), &mut block.beta);
            }
            &mut model.tower
        }
    };
    for (i, layer) in tower.hidden.iter_mut().enumerate() {
        two.insert(format!("tower.{i}.weight"), &mut layer.affine.weight);
        one.insert(format!("tower.{i}.bias"), &mut layer.affine.bias);
        if let Some(norm) = &mut layer.norm {
            one.insert(format!("tower.{i}.norm.weight"), &mut norm.gamma);
            one.insert(format!("tower.{i}.norm.bias"), &mut norm.beta);
        }
    }
    two.insert("output.weight".to_owned(), &mut tower.output.weight);
    one.insert("output.bias".to_owned(), &mut tower.output.bias);
    Named { one, two }
}

/// The recorded model's settings, without dropout.
fn config(name: &str) -> ModelConfig {
    let tower = TowerConfig {
        embedding_dim: 3,
        embedding_regularizer: 0.05,
        hidden_units: vec![6, 5],
        batch_norm: true,
        dropout: 0.0,
    };
    match name {
        "dnn" => ModelConfig::Dnn(tower),
        "deepfm" => ModelConfig::DeepFm(tower),
        _ => ModelConfig::MaskNet(MaskNetConfig {
            embedding_dim: 3,
            embedding_regularizer: 0.1,
            hidden_units: vec![6, 5],
            blocks: 2,
            block_width: 4,
            reduction_ratio: 2.0,
            dropout: 0.0,
        }),
    }
}

/// Sets every parameter to its recorded value; none may be missing on either side.
fn set<B: DenseKernels>(network: &mut Network<B>, parameters: &Value) {
    let Named { one, two } = named(network);
    assert_eq!(one.len() + two.len(), parameters.as_object().unwrap().len());
    for (name, param) in one {
        *param = Param::from_tensor(load(&parameters[&name]));
    }
    for (name, param) in two {
        *param = Param::from_tensor(load(&parameters[&name]));
    }
}

/// Compares every parameter after `count` steps with its recorded value.
///
/// Adam divides by the gradient's size. Where the gradient is 0 but for rounding (a shift that the
/// next normalisation takes away again), the step's direction is noise, in PyTorch as here, and
/// only the steps' length of 1e-3 bounds it.
fn compare<B: Kernels>(
    network: &mut Network<B>,
    wanted: &Value,
    gradients: &Value,
    what: &str,
    count: u32,
) {
    let Named { one, two } = named(network);
    let one = one.into_iter().map(|(name, param)| (name, values(param.val())));
    for (name, found) in one.chain(two.into_iter().map(|(name, param)| (name, values(param.val()))))
    {
        let (wanted, gradients) = (numbers(&wanted[&name]), numbers(&gradients[&name]));
        for ((found, wanted), gradient) in found.iter().zip(&wanted).zip(&gradients) {
            let noise = if gradient.abs() < 1e-6 { 1.1e-3 * f64::from(count) } else { 0.0 };
            let allowed = 3e-5 * f64::from(count) * (1.0 + wanted.abs()) + noise;
            assert!(
                (found - wanted).abs() <= allowed,
                "{what} {name}: {found} instead of {wanted}"
            );
        }
    }
}

/// One forward pass, backward pass and optimiser step of each model as PyTorch makes them.
fn check_model<B: DenseKernels>(name: &str) {
    let recording = recorded();
    let model = &recording["models"][name];
    let device = B::Device::default();
    let cardinalities = numbers(&model["cardinalities"]);
    let codes: usize = cardinalities.iter().sum::<f64>() as usize;
    let fields = cardinalities.len();
    let offset = |field: usize| cardinalities[..field].iter().sum::<f64>();
    let local = numbers(&model["codes"]).into_iter().enumerate();
    let rows: Vec<i32> = local.map(|(i, code)| (code + offset(i % fields)) as i32).collect();
    let n = rows.len() / fields;
    let rows = TensorData::new(rows, [n, fields]);
    let labels: Vec<f32> = numbers(&model["labels"]).iter().map(|&label| label as f32).collect();
    let labels = TensorData::new(labels, [n, 1]);
    let config = config(name);

    let mut network = Network::<B>::new(&config, fields, codes, Seed::master(0), &device);
    set(&mut network, &model["parameters"]);
    let batch = |network: &Network<B>| {
        let codes = Tensor::<B, 2, Int>::from_data(rows.clone(), &device);
        let labels = Tensor::from_data(labels.clone(), &device);
        network.gradients(codes, labels, Seed::master(0))
    };
    let Batch { loss, grads } = batch(&network);
    assert_close("loss", &values(loss), &numbers(&model["cross_entropy"]), 1e-5);

    // The recorded gradients hold the regulariser's, which the optimiser adds.
    let penalty = config.embedding_regularizer();
    let Named { one, two } = named(&mut network);
    for (parameter, param) in one {
        let grad = grads.get::<B, 1>(param.id).map_or(vec![0.0; param.dims()[0]], values);
        assert_close(&parameter, &grad, &numbers(&model["gradients"][&parameter]), 1e-5);
    }
    for (parameter, param) in two {
        let mut grad = values(grads.get::<B, 2>(param.id).unwrap());
        if parameter == "embedding" || parameter == "fm_linear" {
            let weights = values(param.val());
            grad.iter_mut().zip(weights).for_each(|(grad, weight)| *grad += penalty * weight);
        }
        assert_close(&parameter, &grad, &numbers(&model["gradients"][&parameter]), 1e-5);
    }

    for step in model["steps"].as_array().unwrap() {
        let max_norm = step["max_gradient_norm"].as_f64().unwrap();
        let mut network = Network::<B>::new(&config, fields, codes, Seed::master(0), &device);
        set(&mut network, &model["parameters"]);
        let mut optimizer = Adam::new(AdamConfig {
            betas: [0.9, 0.999],
            penalty,
            penalised: Penalised::Only(network.regularised()),
            max_norm: Some(max_norm),
        });
        for count in 1..=4 {
            let grads = batch(&network).grads;
            network = optimizer.plain_step(network, grads, 1e-3);
            let what = format!("{name}, clip {max_norm}, after {count}:");
            let gradients = &model["gradients"];
            match count {
                1 => compare(&mut network, &step["parameters_after_1"], gradients, &what, 1),
                4 => compare(&mut network, &step["parameters_after_4"], gradients, &what, 4),
                _ => {}
            }
        }
    }

    let logits = network.frozen().predict(Tensor::<B, 2, Int>::from_data(rows, &device));
    assert_close("prediction", &values(logits), &numbers(&model["eval_logits"]), 1e-5);
}

/// The gradients of a whole network, dropout included, are the slopes of its loss.
fn check_slopes(config: &ModelConfig) {
    type B = NdArray;
    let device = Default::default();
    let (n, fields, codes) = (7, 3, 11);
    let rows: Vec<i32> = (0..n * fields).map(|i| (i * i % codes) as i32).collect();
    let labels: Vec<f32> = (0..n).map(|i| (i % 2) as f32).collect();
    let network = Network::<B>::new(config, fields, codes, Seed::master(3), &device);
    // Freshly drawn embeddings are so small that nothing but biases would count.
    let mut network = network;
    network.embedding = network.embedding.map(|table| table * 1e4);
    let batch = |network: &Network<B>| {
        let codes = Tensor::from_data(TensorData::new(rows.clone(), [n, fields]), &device);
        let labels = Tensor::from_data(TensorData::new(labels.clone(), [n, 1]), &device);
        network.gradients(codes, labels, Seed::master(5))
    };
    let grads = batch(&network).grads;
    let loss = |network: &Network<B>| values(batch(network).loss)[0];
    gradient_check::check_plain(&network, grads, loss);
}

#[test]
fn gradients_are_the_slopes_with_dropout() {
    for name in ["dnn", "deepfm", "masknet"] {
        let mut config = config(name);
        match &mut config {
            ModelConfig::Dnn(c) | ModelConfig::DeepFm(c) => c.dropout = 0.3,
            ModelConfig::MaskNet(c) => c.dropout = 0.3,
        }
        check_slopes(&config);
    }
}

#[test]
fn models_pass_as_in_pytorch_on_cpu() {
    for name in ["dnn", "deepfm", "masknet"] {
        check_model::<Flex>(name);
    }
}

#[test]
fn models_pass_as_in_pytorch_on_ndarray() {
    for name in ["dnn", "deepfm", "masknet"] {
        check_model::<NdArray>(name);
    }
}

#[test]
fn models_pass_as_in_pytorch_on_cuda() {
    crate::nn::with_cuda_in_tests(|| {
        #[cfg(feature = "cuda")]
        for name in ["dnn", "deepfm", "masknet"] {
            check_model::<burn_cuda::Cuda>(name);
        }
    });
}
