"""Records the tests of `synthctr compare` by scipy and statsmodels.

    pip install -r scripts/peers/requirements-compare.txt
    python scripts/peers/scipy_compare.py > tests/fixtures/scipy_compare.json

Written: values and the one-sided p-value of Wilcoxon's exact signed-rank test; values in clusters with
the cluster-robust standard error of their mean (statsmodels' CR1) and the tail of Student's t with
as many degrees of freedom as values less one beyond their quotient.
"""

import json

import numpy as np
import statsmodels.api as sm
from scipy import stats

rng = np.random.default_rng(9)

signed_rank = []
for n, shift in [(9, 0.5), (9, 3.0), (12, 0.0), (20, 0.4), (25, -0.3), (40, 0.3)]:
    values = rng.normal(shift, 1.0, n)
    p = stats.wilcoxon(values, alternative="greater", method="exact").pvalue
    signed_rank.append({"values": values.tolist(), "p": p})

clustered = []
for clusters, size in [(5, 8), (15, 4), (30, 2)]:
    groups = np.repeat(np.arange(clusters), size)[: clusters * size - 1]
    values = 0.4 + rng.normal(0, 1, clusters)[groups] + rng.normal(0, 0.2, len(groups))
    fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    mean, error = float(fit.params[0]), float(fit.bse[0])
    p = float(stats.t.sf(mean / error, len(values) - 1)) if mean > 0 else 1.0
    clustered.append(
        {
            "values": values.tolist(),
            "clusters": groups.tolist(),
            "mean": mean,
            "standard_error": error,
            "p": p,
        }
    )

print(json.dumps({"signed_rank": signed_rank, "clustered": clustered}, indent=1))
