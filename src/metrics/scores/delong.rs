//! How precise an AUC is, and how two of them move together.

/// What the variance of an AUC is made of, after DeLong, DeLong and Clarke-Pearson (1988).
///
/// Every row has a structural component. That of a click is the share of the rows without a click
/// that it is scored above (their V10), that of a row without a click the share of clicks that are
/// scored above it (V01); ties count one half. The mean of either is the AUC, their variances give
/// its variance, their covariances under two models that of the two AUCs.
///
/// In `O(n log n)` as by Sun and Xu (2014): sorted, a row's component is a difference of midranks,
/// among all rows and among those of its label.
#[derive(Clone, Debug, PartialEq)]
pub struct DeLong {
    auc: f64,
    /// V10, by click in the order of the rows.
    clicks: Vec<f64>,
    /// V01, by row without a click, in the order of the rows.
    others: Vec<f64>,
}

impl DeLong {
    /// The components of every row. None where [`auc`](super::auc) is None: a label is missing or
    /// a score is not a number.
    ///
    /// # Panics
    /// If there are not as many scores as labels.
    pub fn new(labels: &[u8], scores: &[f64]) -> Option<Self> {
        assert_eq!(labels.len(), scores.len(), "one score per label");
        let n_clicks = labels.iter().filter(|&&label| label == 1).count();
        let n_others = labels.len() - n_clicks;
        if n_clicks == 0 || n_others == 0 || scores.iter().any(|score| score.is_nan()) {
            return None;
        }
        let mut rows: Vec<(f64, usize)> = scores.iter().copied().zip(0..).collect();
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        // By row, twice the number of rows of the other label that it is in the right order with.
        let mut twice = vec![0; labels.len()];
        let (mut clicks_up_to, mut others_below) = (0, 0);
        for tied in rows.chunk_by(|a, b| a.0 == b.0) {
            let clicks = tied.iter().filter(|&&(_, row)| labels[row] == 1).count();
            let others = tied.len() - clicks;
            clicks_up_to += clicks;
            for &(_, row) in tied {
                twice[row] = match labels[row] {
                    1 => 2 * others_below + others,
                    _ => 2 * (n_clicks - clicks_up_to) + clicks,
                };
            }
            others_below += others;
        }
        let components = |click: bool, n_of_other_label: usize| {
            let of_label = labels.iter().zip(&twice).filter(|&(&label, _)| (label == 1) == click);
            of_label.map(|(_, &twice)| twice as f64 / (2 * n_of_other_label) as f64).collect()
        };
        let in_order = labels.iter().zip(&twice).filter(|&(&label, _)| label == 1);
        let in_order: u128 = in_order.map(|(_, &twice)| twice as u128).sum();
        Some(Self {
            auc: in_order as f64 / (2 * n_clicks as u128 * n_others as u128) as f64,
            clicks: components(true, n_others),
            others: components(false, n_clicks),
        })
    }

    /// That of the mean of several models' AUCs on the same rows, given in the same order: its
    /// components are the means of theirs. None of no models, or of other rows.
    pub fn mean(models: &[Self]) -> Option<Self> {
        let first = models.first()?;
        if models.iter().any(|model| !model.has_same_labels(first)) {
            return None;
        }
        let n = models.len() as f64;
        let mean = |get: fn(&Self) -> &Vec<f64>| {
            let at = |row: usize| models.iter().map(|model| get(model)[row]).sum::<f64>() / n;
            (0..get(first).len()).map(at).collect()
        };
        Some(Self {
            auc: models.iter().map(Self::auc).sum::<f64>() / n,
            clicks: mean(|model| &model.clicks),
            others: mean(|model| &model.others),
        })
    }

    /// Whether two are of as many rows of each label.
    pub fn has_same_labels(&self, other: &Self) -> bool {
        self.clicks.len() == other.clicks.len() && self.others.len() == other.others.len()
    }

    /// The area under the ROC curve, to the last bit that of [`auc`](super::auc).
    pub fn auc(&self) -> f64 {
        self.auc
    }

    /// The estimated variance of the AUC over samples of as many rows of each label.
    ///
    /// Not a number where a label has a single row. 0 where the labels are perfectly separated,
    /// which says that these rows cannot tell how precise the AUC is.
    pub fn variance(&self) -> f64 {
        self.covariance(self)
    }

    /// The estimated covariance of two AUCs on the same rows, which both must have been given in
    /// the same order. Not a number where a label has a single row.
    ///
    /// The variance of a difference of AUCs is `a.variance() + b.variance() - 2 a.covariance(&b)`.
    ///
    /// # Panics
    /// If the two do not have the same numbers of rows of each label.
    pub fn covariance(&self, other: &Self) -> f64 {
        covariance_of_means(&self.clicks, &other.clicks)
            + covariance_of_means(&self.others, &other.others)
    }
}

/// The estimated covariance of the means of paired values.
fn covariance_of_means(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "both of the same rows");
    let n = a.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let products = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b));
    products.sum::<f64>() / (n - 1.0) / n
}
