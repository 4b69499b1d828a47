#!/usr/bin/env python3
"""Records scikit-learn's AUC and logloss.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-generators.txt
    venv/bin/python scripts/peers/sklearn_metrics.py > tests/fixtures/sklearn_metrics.json

Made with scikit-learn 1.9.1, numpy 2.4.6. Per case: labels, scores (probabilities), auc, logloss.
"""

import json
import sys

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score


def main():
    rng = np.random.default_rng(1)
    cases = {}
    labels = rng.integers(0, 2, 300)
    cases["continuous"] = labels, np.clip(0.3 * labels + 0.7 * rng.random(300), 0, 1)
    cases["ties"] = labels, rng.integers(1, 8, 300) / 8
    cases["constant"] = labels, np.full(300, 0.25)
    cases["certain"] = labels, rng.integers(0, 3, 300) / 2
    cases["rare clicks"] = (rng.random(300) < 0.02).astype(int), rng.random(300) ** 4
    cases["extreme"] = np.array([0, 1, 0, 1]), np.array([1e-300, 1e-17, 1 - 2**-53, 1.0])
    record = {
        name: {
            "labels": y.tolist(),
            "scores": p.tolist(),
            "auc": float(roc_auc_score(y, p)),
            "logloss": float(log_loss(y, p)),
        }
        for name, (y, p) in cases.items()
    }
    json.dump(record, sys.stdout)
    print()


if __name__ == "__main__":
    main()
