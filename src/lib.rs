//! What does synthetic training data do to click-through-rate models?
//!
//! Follow one row through the rooms, in this order:
//!
//! 1. [`data`] reads (or simulates) a click log as a [`data::Split`] of tables of codes;
//! 2. [`generators`] learn from the training rows and draw synthetic ones;
//! 3. [`experiment`] mixes both as the scenarios say, trains a model of [`ctr`] on each mixture,
//!    measures it with [`metrics`], and stores the result of every cell as a file;
//! 4. [`evaluate`] measures how good and how private the synthetic rows are;
//! 5. [`report`] turns the stored results into tables and figures;
//! 6. [`compare`] tells whether a change of the program changed them.
//!
//! [`mod@bench`] measures how fast all that is. Beside them: [`seed`] (all randomness comes from there), [`device`], [`progress`] and
//! [`measure`] (time and memory). `ARCHITECTURE.md` says why it is built this way.
//!
//! ```
//! use synthctr::ctr::{ModelConfig, TowerConfig, TrainingConfig, TrainingRows, train};
//! use synthctr::data::simulator::{SimulatorConfig, simulate};
//! use synthctr::{device::Device, metrics::auc, seed::Seed};
//!
//! let log = SimulatorConfig { train_rows: 3000, ..SimulatorConfig::default() };
//! let split = simulate(&log, Seed::master(1))?.split;
//! let model = ModelConfig::DeepFm(TowerConfig { hidden_units: vec![32], ..TowerConfig::default() });
//! let training = TrainingConfig { epochs: 2, batch_size: 256, ..TrainingConfig::default() };
//! let (seed, quiet) = (Seed::master(1), ());
//! let rows = TrainingRows::new(&split.train, &split.valid);
//! let trained = train(Device::Cpu, &model, &training, rows, seed, &quiet)?;
//! let auc = auc(split.test.labels(), &trained.predict(&split.test));
//! assert!(auc.is_some_and(|auc| auc > 0.5));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(missing_docs)]

pub mod bench;
pub mod bundle;
mod child;
pub mod compare;
pub mod ctr;
pub mod data;
pub mod device;
pub mod evaluate;
pub mod experiment;
pub mod export;
pub mod external;
pub mod files;
pub mod generators;
pub mod measure;
pub mod metrics;
pub mod names;
mod nn;
pub mod progress;
pub mod report;
mod ruled;
pub mod seed;
pub mod statistics;
pub mod submit;
pub mod verdict;
