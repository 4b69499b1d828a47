//! A network's weights as bytes.

use burn::module::{Module, ModuleVisitor, Param};
use burn::record::{FullPrecisionSettings, NamedMpkBytesRecorder, Recorder};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

type Weights = NamedMpkBytesRecorder<FullPrecisionSettings>;

/// The weights of a network, named.
pub fn save_weights<B: Backend, M: Module<B>>(network: &M) -> Result<Vec<u8>, String> {
    let record = network.clone().into_record();
    <Weights as Recorder<B>>::record(&Weights::default(), record, ()).map_err(|e| e.to_string())
}

/// A network of the same shape with the weights that [`save_weights`] gave.
///
/// `fits` looks at the lists of layers in the record: burn panics where they have other lengths
/// than the network's. Shapes are compared here.
pub fn load_weights<B: Backend, M: Module<B>>(
    network: M,
    weights: Vec<u8>,
    device: &B::Device,
    fits: impl FnOnce(&M::Record) -> bool,
) -> Result<M, String> {
    let record: M::Record = <Weights as Recorder<B>>::load(&Weights::default(), weights, device)
        .map_err(|e| e.to_string())?;
    if !fits(&record) {
        return Err("the weights are those of a network with another number of layers".to_owned());
    }
    let wanted = shapes(&network);
    let network = network.load_record(record);
    let found = shapes(&network);
    if wanted != found {
        return Err(format!(
            "the weights are {found:?} in size, by layer; the settings and vocabularies say \
             {wanted:?}"
        ));
    }
    Ok(network)
}

/// The sizes of a network's parameters, in its order.
fn shapes<B: Backend, M: Module<B>>(network: &M) -> Vec<Vec<usize>> {
    struct Shapes(Vec<Vec<usize>>);
    impl<B: Backend> ModuleVisitor<B> for Shapes {
        fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<B, D>>) {
            self.0.push(parameter.val().dims().to_vec());
        }
    }
    let mut shapes = Shapes(Vec::new());
    network.visit(&mut shapes);
    shapes.0
}
