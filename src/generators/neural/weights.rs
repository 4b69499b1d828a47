//! A network's weights as bytes.

use burn::module::Module;
use burn::record::{FullPrecisionSettings, NamedMpkBytesRecorder, Recorder};
use burn::tensor::backend::Backend;

type Weights = NamedMpkBytesRecorder<FullPrecisionSettings>;

/// The weights of a network, named.
pub(in crate::generators) fn save_weights<B: Backend, M: Module<B>>(
    network: &M,
) -> Result<Vec<u8>, String> {
    let record = network.clone().into_record();
    <Weights as Recorder<B>>::record(&Weights::default(), record, ()).map_err(|e| e.to_string())
}

/// A network of the same shape with the weights that [`save_weights`] gave.
pub(in crate::generators) fn load_weights<B: Backend, M: Module<B>>(
    network: M,
    weights: Vec<u8>,
    device: &B::Device,
) -> Result<M, String> {
    let record = <Weights as Recorder<B>>::load(&Weights::default(), weights, device)
        .map_err(|e| e.to_string())?;
    Ok(network.load_record(record))
}
