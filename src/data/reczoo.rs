//! Click logs of the RecZoo family, whose splits and checksums are published with the benchmark BARS (Zhu et
//! al. 2022): one zip archive each, too large to be carried along.
//!
//! Facts are those of the family's own descriptions (github.com/reczoo/Datasets, read in 2026); rows and
//! clicks are those that the benchmark's logs name.

use super::config::{Binning, Numeric};
use super::fetch::{Packing, Remote, RemoteFile};
use super::published::Published;

/// Their names.
pub const NAMES: [&str; 4] = ["movielenslatest_x1", "criteo_x1", "avazu_x1", "kkbox_x1"];

const BARS: &str = "Jieming Zhu, Quanyu Dai, Liangcai Su, Rong Ma, Jinyang Liu, Guohao Cai, Xi Xiao and Rui \
                    Zhang. BARS: Towards Open Benchmarking for Recommender Systems. SIGIR 2022, \
                    arXiv:2205.09626.";
const AFN: &str = "Weiyu Cheng, Yanyan Shen and Linpeng Huang. Adaptive Factorization Network: Learning \
                   Adaptive-Order Feature Interactions. AAAI 2020, pages 3609 to 3616 (the split).";

/// The data set called `name`.
pub fn named(name: &str) -> Option<Published> {
    match name {
        "movielenslatest_x1" => Some(movielens()),
        "criteo_x1" => Some(criteo()),
        "avazu_x1" => Some(avazu()),
        "kkbox_x1" => Some(kkbox()),
        _ => None,
    }
}

fn remote(name: &str, archive: &str, md5: [&str; 3], licence: &str, citation: &str) -> Remote {
    let file = |(part, md5): (&str, &str)| RemoteFile {
        source: format!("{part}.csv"),
        name: format!("{part}.csv"),
        md5: md5.to_owned(),
        variant: None,
    };
    Remote {
        name: name.to_owned(),
        base_url: format!("https://huggingface.co/datasets/reczoo/{archive}/resolve/main"),
        packing: Packing::Zip { archive: format!("{archive}.zip") },
        files: ["train", "valid", "test"].into_iter().zip(md5).map(file).collect(),
        licence: licence.to_owned(),
        citation: citation.to_owned(),
    }
}

fn movielens() -> Published {
    Published {
        what: "tags of films, 2,006,859 rows",
        remote: remote(
            "movielenslatest_x1",
            "MovielensLatest_x1",
            [
                "efc8bceeaa0e895d566470fc99f3f271",
                "e1930223a5026e910ed5a48687de8af1",
                "54e8c6baff2e059fe067fb9b69e692d0",
            ],
            "The data are GroupLens' (ml-latest): for research, to be acknowledged in publications; no \
             commercial use without permission; whoever passes them on does so under the same terms.",
            &format!(
                "F. Maxwell Harper and Joseph A. Konstan. The MovieLens Datasets: History and Context. ACM \
                 TiiS 5(4), 2015, doi 10.1145/2827872. {AFN} {BARS}"
            ),
        ),
        fields: None,
        numeric: Vec::new(),
        constraints: Vec::new(),
        user: Some("user_id".into()),
        item: Some("item_id".into()),
        notes: vec![
            "a click says that a user gave a film this tag; the two in three that are none were drawn".into(),
        ],
    }
}

fn criteo() -> Published {
    let numeric =
        (1..=13).map(|at| Numeric { name: format!("I{at}"), bins: Binning::Quantiles(50) });
    Published {
        what: "display advertising, 45,840,617 rows",
        remote: remote(
            "criteo_x1",
            "Criteo_x1",
            [
                "30b89c1c7213013b92df52ec44f52dc5",
                "f73c71fb3c4f66b6ebdfa032646bea72",
                "2c48b26e84c04a69b948082edae46f8c",
            ],
            "The data are those of the Display Advertising Challenge (Criteo, Kaggle 2014): whoever uses them \
             is bound by Criteo's terms of use for them, and has to read those first.",
            &format!("Criteo's Display Advertising Challenge, Kaggle, 2014. {AFN} {BARS}"),
        ),
        fields: None,
        numeric: numeric.collect(),
        constraints: Vec::new(),
        user: None,
        item: None,
        notes: vec![
            "I1 to I13 are cut into at most 50 quantiles; the benchmark's models see them as numbers".into(),
        ],
    }
}

fn avazu() -> Published {
    Published {
        what: "mobile advertising, 40,428,967 rows",
        remote: remote(
            "avazu_x1",
            "Avazu_x1",
            [
                "f1114a07aea9e996842c71648e0f6395",
                "d9568f246357d156c4b8030fadb8b623",
                "9e2fe9c48705c9315ae7a0953eb57acf",
            ],
            "The data are those of Avazu's Click-Through Rate Prediction (Kaggle 2014): whoever uses them is \
             bound by the rules of that competition, and has to read those first.",
            &format!("Avazu's Click-Through Rate Prediction, Kaggle, 2014. {AFN} {BARS}"),
        ),
        fields: None,
        numeric: Vec::new(),
        constraints: Vec::new(),
        user: None,
        item: None,
        notes: vec![
            "17.5 % of the training rows are clicks, 16.8 % of validation, 15.2 % of test: more than a split at \
             random leaves"
                .into(),
        ],
    }
}

fn kkbox() -> Published {
    let fields = [
        "msno",
        "song_id",
        "source_system_tab",
        "source_screen_name",
        "source_type",
        "city",
        "bd",
        "gender",
        "registered_via",
        "genre_ids",
        "artist_name",
        "language",
    ];
    Published {
        what: "songs heard again, 7,377,418 rows",
        remote: remote(
            "kkbox_x1",
            "KKBox_x1",
            [
                "195b1ae8fc2d9267d7c8656c07ea1304",
                "398e97ac139611a09bd61a58e4240a3e",
                "8c5f7add05a6f5258b6b3bcc00ba640b",
            ],
            "The data are those of KKBox's Music Recommendation Challenge (WSDM Cup 2018, Kaggle): whoever uses \
             them is bound by the rules of that competition, and has to read those first.",
            &format!("WSDM, KKBox's Music Recommendation Challenge, Kaggle, 2017. {BARS}"),
        ),
        fields: Some(fields.map(String::from).to_vec()),
        numeric: vec![Numeric { name: "bd".into(), bins: Binning::Quantiles(10) }],
        constraints: Vec::new(),
        user: Some("msno".into()),
        item: Some("song_id".into()),
        notes: vec![
            "lists of genres and artists count as one category each, ages are cut into deciles and the \
             recording's code is left out; the benchmark's models see the lists' members, seven ages and the \
             code's country"
                .into(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_data_set_and_every_file_a_sum_of_its_own() {
        let mut sums = Vec::new();
        for name in NAMES {
            let published = named(name).unwrap();
            assert_eq!(published.remote.name, name);
            sums.extend(published.remote.files.into_iter().map(|file| file.md5));
        }
        let n = sums.len();
        sums.sort();
        sums.dedup();
        assert_eq!((n, sums.len()), (12, 12));
        assert!(sums.iter().all(|sum| sum.len() == 32));
        assert_eq!(named("frappe_x1"), None);
    }
}
