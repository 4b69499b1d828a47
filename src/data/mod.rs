//! A click log: its schema, its rows, its split; from files, from the network, from a simulator.

mod archive;
mod bins;
pub mod built;
mod checksum;
mod config;
mod csv;
mod dataset;
mod encode;
mod error;
pub mod fetch;
mod file;
mod format;
mod frame;
pub mod frappe;
mod intern;
mod numbers;
mod parquet;
mod published;
mod raw;
pub mod reczoo;
mod registry;
mod schema;
pub mod simulator;
mod split;
mod summary;
mod table;

pub use checksum::{of_file as file_checksum, of_table as table_checksum};
pub use config::{
    Binning, Clicks, DatasetConfig, LabelValue, LeastLabel, Numeric, ReadOptions, SplitBy,
};
pub use dataset::Dataset;
pub(crate) use error::hint;
pub use error::{DataError, Place, RowAt};
pub(crate) use file::row_in_file;
pub use file::{
    load_table, read_known_table, read_table, write_csv, write_fields, write_parquet, write_table,
};
pub use format::check_format;
pub use frame::{
    Coded, Coding, Column, DateUnit, Difference, Differences, Frame, FrameOptions, Frames, Guess,
    Kind, Values, WriteBack, read_frames, to_tables, to_tables_with, write_like,
};
pub use numbers::read_numbers;
pub(crate) use parquet::{check_pages, quietly};
pub use published::Published;
pub use raw::label;
pub use registry::{DATA_DIR_VARIABLE, NAMES, data_dir, load, published};
pub use schema::{Encoding, Field, Schema, Value};
pub use simulator::{NAME as SIMULATED, SimulatorConfig};
pub use split::{load_and_split, load_split};
pub use summary::{FieldSummary, names_rows, summarise, unseen_shares};
pub use table::{Split, Table};
