#!/usr/bin/env python3
"""Records variational mixtures of normal distributions by scikit-learn.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-modes.txt
    venv/bin/python scripts/peers/modes.py TRAIN_CSV > tests/fixtures/modes.json

TRAIN_CSV is the train.csv of Frappe_x1 (Baltrunas et al., arXiv 1505.03014), which may not be passed
on: of its columns only the figures named below are written.

Made with scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6. Samples are not stored, since each can be
written down:

    of "parts"      for each part [n, mean, deviation] the n quantiles at (i + 0.5) / n of that normal
                    distribution
    of "ids"        for each id i below n, 1 + int(scale / (1 + i)) · (1 + 7 i mod 13) rows of value
                    offset + i

Written, by case:

    components  the most that there may be
    fits        by random state (of "clear" the one of the highest bound of ten starts, with up to
                1,000 steps; else 100, as published), the modes of weight above 0.005, from the
                smallest mean to the largest: weight, mean, deviation; the score, which is the mean log
                likelihood of a row; and the bound without its constant terms

For Frappe's users and items, by random state: score and number of modes. The file used had the
published clicks and users, and the published negatives' items drawn again.
"""

import csv
import json
import sys
import warnings

import numpy as np
from scipy.stats import norm
from sklearn.mixture import BayesianGaussianMixture

CLEAR = {
    "one": (1, [[500, 7, 3]]),
    "two": (2, [[600, -3, 0.5], [1400, 2, 1]]),
    "two of ten": (10, [[600, -3, 0.5], [1400, 2, 1]]),
    "three of ten": (10, [[1500, 0, 1], [900, 12, 2], [600, 40, 3]]),
    "five of ten": (10, [[300, -20, 1], [700, -10, 0.5], [1000, 0, 1.5], [1200, 15, 2], [800, 30, 1]]),
    "far of ten": (10, [[2000, 1e6 + 1000, 20], [3000, 1e6 + 2000, 100], [100, 1e6 + 9000, 50]]),
}
IDS = {"n": 1500, "scale": 3000, "offset": 957}


def fit(values, components, state, starts, steps):
    mixture = BayesianGaussianMixture(
        n_components=components,
        weight_concentration_prior_type="dirichlet_process",
        weight_concentration_prior=0.001,
        n_init=starts,
        max_iter=steps,
        random_state=state,
    ).fit(values)
    rows = zip(mixture.weights_, mixture.means_[:, 0], np.sqrt(mixture.covariances_[:, 0, 0]))
    return {
        "modes": sorted((list(map(float, row)) for row in rows if row[0] > 0.005), key=lambda m: m[1]),
        "score": mixture.score(values),
        "bound": mixture.lower_bound_,
    }


def frappe(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    figures = {}
    for column in ["user", "item"]:
        values = np.array([float(row[column]) for row in rows])[:, None]
        fits = [fit(values, 10, state, 1, 100) for state in range(3)]
        figures[column] = [{"score": f["score"], "modes": len(f["modes"])} for f in fits]
    return figures


def main():
    cases = []
    for name, (components, parts) in CLEAR.items():
        quantiles = [m + d * norm.ppf((np.arange(n) + 0.5) / n) for n, m, d in parts]
        values = np.concatenate(quantiles)[:, None]
        fits = [fit(values, components, 0, 10, 1000)]
        cases.append({"name": name, "components": components, "parts": parts, "fits": fits})
    i = np.arange(IDS["n"])
    counts = 1 + (IDS["scale"] / (1 + i)).astype(int) * (1 + 7 * i % 13)
    values = np.repeat(IDS["offset"] + i, counts).astype(float)[:, None]
    ids = dict(IDS, components=10, fits=[fit(values, 10, state, 1, 100) for state in range(3)])
    json.dump({"clear": cases, "ids": ids, "frappe": frappe(sys.argv[1])}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    # Not to have converged after 100 steps is what happens to the published packages too.
    warnings.simplefilter("ignore")
    main()
