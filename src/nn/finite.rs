//! Whether a network's weights are still numbers.

use super::kernels::{Kernels, primitive, tensor};
use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

/// Whether the squares of all weights have a sum that single precision can hold: none is missing, and none
/// is so large that its product with another is not.
pub fn is_finite<B: Kernels, M: Module<B>>(network: &M) -> bool {
    let mut squares = Squares::<B>(None);
    network.visit(&mut squares);
    let Some(sum) = squares.0 else { return true };
    sum.into_data().convert::<f32>().iter::<f32>().all(f32::is_finite)
}

/// The sum so far, `[1]`.
struct Squares<B: Kernels>(Option<Tensor<B, 1>>);

impl<B: Kernels> ModuleVisitor<B> for Squares<B> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        let squares: Tensor<B, 1> = tensor(B::sum_of_squares(primitive(param.val())));
        self.0 = Some(match self.0.take() {
            Some(sum) => sum + squares,
            None => squares,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layers::Affine;
    use crate::seed::Seed;
    use burn_flex::Flex;
    use burn_ndarray::NdArray;

    fn check<B: Kernels>() {
        let network = Affine::<B>::new([2, 3], Seed::master(1), "", &B::Device::default());
        for (value, finite) in [
            (1e6, true),
            (-1e15, true),
            (f32::NAN, false),
            (f32::NEG_INFINITY, false),
            (1e30, false),
        ] {
            let mut network = network.clone();
            let values = Tensor::from_data([0.0, value, 0.0], &B::Device::default());
            network.bias = network.bias.map(|_| values);
            assert_eq!(is_finite(&network), finite, "{value}");
        }
    }

    #[test]
    fn weights_beyond_single_precision_are_found() {
        check::<Flex>();
        check::<NdArray>();
    }
}
