#!/usr/bin/env python3
"""Records metrics of scores by FuxiCTR, scikit-learn and numpy.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-scores.txt
    venv/bin/pip install --no-deps fuxictr==2.3.10
    venv/bin/python scripts/peers/score_metrics.py > tests/fixtures/score_metrics.json

Made with fuxictr 2.3.10 (of which only the metrics are used), scikit-learn 1.9.1, numpy 2.4.6,
polars 2.1.0. Written:

    labels, groups    of the rows of all cases
    cases             two models' probabilities for these rows, one with many ties; by case:
        group_auc     FuxiCTR's gAUC
        normalised_entropy, expected_calibration_error, predicted_over_observed
        quantiles     by label, at `probabilities`
    clicks_by_item    of a catalogue, and its items' `thirds` by numpy's array_split
    ranking           scores of the catalogue, the item `clicked` in each context, and at `k` the hit
                      rate and the NDCG
"""

import json
import sys

import numpy as np
from fuxictr.metrics import evaluate_metrics
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss, ndcg_score, top_k_accuracy_score

PROBABILITIES = [0, 0.01, 0.05, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.999, 1]
K = 5


def expected_calibration_error(labels, p, bins=15):
    rate, mean = calibration_curve(labels, p, n_bins=bins, strategy="uniform")
    # As calibration_curve bins them; it leaves out empty bins.
    edges = np.linspace(0, 1, bins + 1)
    rows = np.bincount(np.searchsorted(edges[1:-1], p), minlength=bins)
    return np.abs(rate - mean) @ rows[rows > 0] / len(p)


def case(labels, groups, p):
    rate = np.full(len(labels), labels.mean())
    return {
        "scores": p.tolist(),
        "group_auc": float(evaluate_metrics(labels, p, ["gAUC"], groups)["gAUC"]),
        "normalised_entropy": float(log_loss(labels, p) / log_loss(labels, rate)),
        "expected_calibration_error": float(expected_calibration_error(labels, p)),
        "predicted_over_observed": float(p.sum() / labels.sum()),
        "quantiles": [np.quantile(p[labels == y], PROBABILITIES).tolist() for y in (0, 1)],
    }


def ranking(rng, n_items, n_contexts=40):
    clicked = rng.integers(0, n_items, n_contexts)
    # No ties: scikit-learn averages over their orders.
    scores = np.stack([rng.permutation(n_items) for _ in range(n_contexts)])
    top = np.argmax(scores, 1)
    clicked[::4] = top[::4]
    relevant = np.eye(n_items)[clicked]
    return {
        "scores": scores.tolist(),
        "clicked": clicked.tolist(),
        "k": K,
        "hit_rate": float(top_k_accuracy_score(clicked, scores, k=K, labels=np.arange(n_items))),
        "ndcg": float(ndcg_score(relevant, scores, k=K, ignore_ties=True)),
    }


def main():
    rng = np.random.default_rng(4)
    n = 300
    groups = rng.zipf(1.5, n) % 40
    logit = rng.normal(-1, 1.2, n) + 0.5 * rng.normal(size=40)[groups]
    labels = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    smooth = (1 / (1 + np.exp(-1.5 * logit - rng.normal(0, 0.7, n)))).round(4)
    coarse = np.clip((smooth + rng.normal(0, 0.15, n)) * 12, 1, 11).round() / 12
    clicks_by_item = rng.zipf(1.3, 26) % 1000
    clicks_by_item[[3, 8, 20]] = 0
    thirds = np.empty(26, int)
    for third, items in enumerate(np.array_split(np.argsort(-clicks_by_item, kind="stable"), 3)):
        thirds[items] = third
    record = {
        "labels": labels.tolist(),
        "groups": groups.tolist(),
        "probabilities": PROBABILITIES,
        "cases": {
            "smooth": case(labels, groups, smooth),
            "coarse": case(labels, groups, coarse),
        },
        "clicks_by_item": clicks_by_item.tolist(),
        "thirds": thirds.tolist(),
        "ranking": ranking(rng, 26),
    }
    json.dump(record, sys.stdout)
    print()


if __name__ == "__main__":
    main()
