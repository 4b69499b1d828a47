//! Gradients of whole networks against finite differences.

use super::blocks::BlockKernels;
use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use burn_autodiff::Autodiff;
use burn_ndarray::NdArray;

/// The reference backend.
pub type Reference = Autodiff<NdArray>;

/// How far the finite differences go.
const DISTANCE: f32 = 2e-3;

/// The gradients of all parameters, in the network's order.
struct Gather(GradientsParams, Vec<Vec<f32>>);

impl<B: BlockKernels> ModuleVisitor<Autodiff<B>> for Gather {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<Autodiff<B>, D>>) {
        let grad = self.0.get::<B, D>(parameter.id).expect("every parameter has a part");
        self.1.push(grad.into_data().convert::<f32>().to_vec().unwrap());
    }
}

/// As [`Gather`], of a network that burn does not differentiate.
struct GatherPlain(GradientsParams, Vec<Option<Vec<f32>>>);

impl ModuleVisitor<NdArray> for GatherPlain {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<NdArray, D>>) {
        let grad = self.0.get::<NdArray, D>(parameter.id);
        self.1.push(grad.map(|grad| grad.into_data().convert::<f32>().to_vec().unwrap()));
    }
}

fn gradients<B: BlockKernels, M: AutodiffModule<Autodiff<B>>>(
    network: &M,
    loss: Tensor<Autodiff<B>, 1>,
) -> Vec<Vec<f32>> {
    let grads = GradientsParams::from_grads(loss.backward(), network);
    let mut gather = Gather(grads, Vec::new());
    network.visit(&mut gather);
    gather.1
}

/// A loss, and the gradients of all parameters.
pub fn step<B: BlockKernels, M: AutodiffModule<Autodiff<B>>>(
    network: &M,
    loss: Tensor<Autodiff<B>, 1>,
) -> Vec<f32> {
    let mut numbers = vec![on(loss.clone().inner())];
    numbers.extend(gradients(network, loss).concat());
    numbers
}

/// Checks that a step on some device is that on the reference.
pub fn agree(device: &str, found: &[f32], reference: &[f32]) {
    assert_eq!(found.len(), reference.len());
    for (i, (found, wanted)) in found.iter().zip(reference).enumerate() {
        let close = (found - wanted).abs() < 2e-4 * (1.0 + wanted.abs());
        assert!(close, "{device}, number {i}: {found} instead of {wanted}");
    }
}

/// Checks that a step, a function of a backend, is the same on all.
macro_rules! same_on_every_device {
    ($step:ident($($argument:expr),*)) => {{
        let reference = $step::<burn_ndarray::NdArray>($($argument),*);
        let cpu = $step::<burn_flex::Flex>($($argument),*);
        $crate::nn::gradient_check::agree("cpu", &cpu, &reference);
        $crate::nn::with_cuda_in_tests(|| {
            #[cfg(feature = "cuda")]
            {
                let cuda = $step::<burn_cuda::Cuda>($($argument),*);
                $crate::nn::gradient_check::agree("cuda", &cuda, &reference);
            }
        });
    }};
}
pub(crate) use same_on_every_device;

/// Moves one number of one parameter.
struct Nudge {
    parameter: usize,
    element: usize,
    by: f32,
}

impl<B: Backend> ModuleMapper<B> for Nudge {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        if self.parameter > 0 {
            self.parameter -= 1;
            return parameter;
        }
        self.parameter = usize::MAX;
        let (id, value, mapper) = parameter.consume();
        let (shape, device) = (value.dims(), value.device());
        let mut numbers: Vec<f32> = value.to_data().to_vec().unwrap();
        numbers[self.element] += self.by;
        let tracked = value.is_require_grad();
        let value = Tensor::from_data(TensorData::new(numbers, shape), &device);
        Param::from_mapped_value(id, value.set_require_grad(tracked), mapper)
    }
}

/// Checks the gradient of `loss` by some numbers of each parameter.
pub fn check<M: AutodiffModule<Reference>>(network: &M, loss: impl Fn(&M) -> Tensor<Reference, 1>) {
    let gradients = gradients(network, loss(network)).into_iter().map(Some).collect();
    compare::<Reference, M>(network, gradients, |network| f64::from(loss(network).into_scalar()));
}

/// Checks gradients that were written out. Parameters without one are passed over.
pub fn check_plain<M: Module<NdArray>>(
    network: &M,
    grads: GradientsParams,
    loss: impl Fn(&M) -> f64,
) {
    let mut gather = GatherPlain(grads, Vec::new());
    network.visit(&mut gather);
    assert!(gather.1.iter().any(Option::is_some), "there are no gradients");
    compare(network, gather.1, loss);
}

/// Compares gradients, in the network's order, with finite differences of `loss`.
fn compare<B: Backend, M: Module<B>>(
    network: &M,
    gradients: Vec<Option<Vec<f32>>>,
    loss: impl Fn(&M) -> f64,
) {
    for (parameter, gradient) in gradients.into_iter().enumerate() {
        let Some(gradient) = gradient else { continue };
        for element in (0..gradient.len()).step_by(1 + gradient.len() / 7) {
            let moved = |by: f32| loss(&network.clone().map(&mut Nudge { parameter, element, by }));
            let difference = (moved(DISTANCE) - moved(-DISTANCE)) / (2.0 * f64::from(DISTANCE));
            let found = f64::from(gradient[element]);
            assert!(
                (found - difference).abs() < 3e-3 + 2e-2 * difference.abs(),
                "parameter {parameter}[{element}]: {found} instead of {difference}"
            );
        }
    }
}

/// A loss on another backend.
pub fn on<B: BlockKernels>(loss: Tensor<B, 1>) -> f32 {
    loss.into_data().convert::<f32>().to_vec().unwrap()[0]
}
