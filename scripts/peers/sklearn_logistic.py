#!/usr/bin/env python3
"""Records scikit-learn's logistic regression on one-hot codes.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-generators.txt
    venv/bin/python scripts/peers/sklearn_logistic.py > tests/fixtures/sklearn_logistic.json

Made with scikit-learn 1.9.1, numpy 2.4.6, on made-up rows. Per case: the columns of codes, their
sizes, labels, l2, and what was fitted: the intercept and the log odds of each row.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression


def one_hot(columns, sizes):
    return np.hstack([np.eye(size)[codes] for codes, size in zip(columns, sizes)])


def fitted(columns, sizes, labels, l2):
    x = one_hot(columns, sizes)
    model = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    model.fit(x, labels)
    return {
        "columns": [codes.tolist() for codes in columns],
        "sizes": sizes,
        "labels": labels.tolist(),
        "l2": l2,
        "intercept": float(model.intercept_[0]),
        "log_odds": model.decision_function(x).tolist(),
    }


def main():
    rng = np.random.default_rng(1)
    n = 300
    sizes = [2, 7, 40]
    columns = [np.minimum(rng.geometric(min(0.6, 3 / size), n) - 1, size - 1) for size in sizes]
    odds = 1.5 * columns[0] - 0.4 * columns[1] + 0.05 * columns[2]
    labels = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    rare = (rng.random(n) < 0.03).astype(int)
    separated = (columns[1] > 1).astype(int)
    cases = {
        "weak penalty": fitted(columns, sizes, labels, 0.01),
        "penalty of one": fitted(columns, sizes, labels, 1.0),
        "rare label": fitted(columns, sizes, rare, 0.5),
        "separated": fitted(columns, sizes, separated, 0.1),
    }
    json.dump(cases, sys.stdout)
    print()


if __name__ == "__main__":
    main()
