#!/usr/bin/env python3
"""Records the correlation matrices that copulas and SDV learn.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-generators.txt
    venv/bin/python scripts/peers/sdv_copula.py > tests/fixtures/sdv_copula.json

Made with copulas 0.14.1, sdv 2.0.0, rdt 2.0.0, numpy 2.4.6. Used as black boxes. Written:

    scores            three numeric columns
    scores_correlation  of copulas' GaussianMultivariate with normal marginals on them
    columns, labels   a synthetic table; in every column the codes are in the order of their first
                      appearance
    correlation       SDV's GaussianCopulaSynthesizer on the label and the columns, all categorical,
                      the mean over `fits` fits, because its scores are random, and their standard
                      deviation
    conditional       by label and column: the shares of the codes in rows sampled on the condition
                      that the label is that, the mean over `calls` calls of 500 rows: SDV draws one
                      score of the label per call
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
from copulas.multivariate import GaussianMultivariate
from copulas.univariate import GaussianUnivariate
from sdv.metadata import Metadata
from sdv.sampling import Condition
from sdv.single_table import GaussianCopulaSynthesizer

FITS = 8
CALLS = 400


def table(n=1500):
    rng = np.random.default_rng(3)
    z = rng.multivariate_normal([0, 0, 0], [[1, 0.6, -0.4], [0.6, 1, 0.2], [-0.4, 0.2, 1]], n)
    label = (z[:, 0] > 0.4).astype(int)
    columns = [np.digitize(z[:, 1], [-1, 0, 1]), np.digitize(z[:, 2], [-0.8, -0.2, 0.3, 0.9, 1.5])]
    # Sorted, so that the order of first appearance keeps the order of the numbers.
    order = np.lexsort((columns[1], columns[0]))
    columns = [pd.factorize(column[order])[0] for column in columns]
    return columns, label[order]


def main():
    warnings.filterwarnings("ignore")
    rng = np.random.default_rng(2)
    scores = rng.multivariate_normal([0, 0, 0], [[1, 0.7, 0], [0.7, 1, -0.5], [0, -0.5, 1]], 60)
    scores = scores.round(3)
    copula = GaussianMultivariate(distribution=GaussianUnivariate)
    copula.fit(pd.DataFrame(scores, columns=list("abc")))

    columns, label = table()
    frame = pd.DataFrame({"label": label, **dict(zip("xy", columns))}).astype(str)
    metadata = Metadata.load_from_dict(
        {"tables": {"t": {"columns": {name: {"sdtype": "categorical"} for name in frame}}}}
    )
    correlations = []
    # SDV seeds its own fit, so other draws need another order of the rows; those in which a
    # category first appears stay in front, to keep the categories' order.
    first = sorted({np.flatnonzero(frame[name] == v)[0] for name in frame for v in set(frame[name])})
    rest = np.setdiff1d(np.arange(len(frame)), first)
    for _ in range(FITS):
        synthesizer = GaussianCopulaSynthesizer(metadata)
        shuffled = frame.iloc[np.concatenate([first, rng.permutation(rest)])]
        synthesizer.fit({"t": shuffled.reset_index(drop=True)})
        correlations.append(synthesizer._model.correlation.to_numpy())

    conditional = {}
    for value in ("0", "1"):
        shares = {name: np.zeros(frame[name].nunique()) for name in "xy"}
        for _ in range(CALLS):
            condition = Condition(num_rows=500, column_values={"label": value})
            rows = synthesizer.sample_from_conditions([condition])
            rows = rows["t"] if isinstance(rows, dict) else rows
            for name, share in shares.items():
                share += np.bincount(rows[name].astype(int), minlength=len(share)) / 500 / CALLS
        conditional[value] = {name: share.round(5).tolist() for name, share in shares.items()}

    json.dump(
        {
            "scores": scores.T.tolist(),
            "scores_correlation": copula.correlation.to_numpy().tolist(),
            "columns": [column.tolist() for column in columns],
            "labels": label.tolist(),
            "fits": FITS,
            "correlation": np.mean(correlations, axis=0).tolist(),
            "correlation_std": np.std(correlations, axis=0).tolist(),
            "calls": CALLS,
            "conditional": conditional,
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
