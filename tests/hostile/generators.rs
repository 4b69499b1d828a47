//! Generators that were saved.

use super::{LONGEST, RANDOM, Stage};
use bolero::check;
use synthctr::data::{ReadOptions, load_table};
use synthctr::device::Device;
use synthctr::generators::{
    self, Conditioning, FitOptions, FittedGenerator, GeneratorConfig, GeneratorKind, Preset,
    Reading, Way,
};
use synthctr::seed::Seed;

/// Saves a generator that keeps its rows beside its settings.
fn save_rows(stage: &Stage) {
    let text = "label,user,item\n1,u1,a\n0,u2,b\n1,u1,b\n0,u3,a\n";
    let train =
        load_table(&stage.beside("known.csv", text), &ReadOptions::default()).expect("a log");
    let config = GeneratorConfig::preset(GeneratorKind::Resample, Preset::Quick);
    let seed = Seed::master(1);
    let way = Way { conditioning: Conditioning::Joint, reading: Reading::Categories };
    let options = FitOptions::new(way);
    let fitted = generators::fit(&config, options, &train, Device::Cpu, seed, &());
    fitted.expect("a generator").save(stage.folder.path()).expect("a saved generator");
}

#[test]
fn generator() {
    let stage = Stage::new("generator.json");
    let folder = stage.folder.path().to_owned();
    save_rows(&stage);
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |_| {
            let Ok(fitted) = FittedGenerator::load(&folder, Device::Cpu) else { return };
            if let Ok((rows, _)) = fitted.sample_both([3, 2], Seed::master(1), &()) {
                assert_eq!([rows.count(0), rows.count(1)], [3, 2]);
            }
        });
    });
}
