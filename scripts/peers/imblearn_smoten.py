#!/usr/bin/env python3
"""Records imbalanced-learn's value difference metric and the rows that its SMOTEN makes.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-generators.txt
    venv/bin/python scripts/peers/imblearn_smoten.py > tests/fixtures/imblearn_smoten.json

Made with imbalanced-learn 0.14.2, scikit-learn 1.9.1, numpy 2.4.6. imbalanced-learn leaves open
which rows win a tie in distance, so the table is the first, over seeds, in which no row of label 1
has a tie between its last neighbour and the next row. Written:

    columns, labels   the table, column by column
    neighbours        by row of label 1: itself and its 5 nearest rows of label 1, as positions among
                      these rows, ascending
    distances         by row of the first 12 of label 1: the distances to all rows of label 1
    rows              the distinct rows among many synthetic ones of label 1, ascending
"""

import json
import sys

import numpy as np
from imblearn.metrics.pairwise import ValueDifferenceMetric
from imblearn.over_sampling import SMOTEN

NEIGHBOURS = 5
CATEGORIES = [12, 9, 7, 3]


def table(seed):
    """A table of 220 rows in which the fields tell something of each other and of the label."""
    rng = np.random.default_rng(seed)
    hidden = rng.random(220)
    columns = [((hidden + 0.6 * rng.random(220)) / 1.6 * m).astype(int) for m in CATEGORIES]
    labels = (rng.random(220) < 0.1 + 0.5 * hidden).astype(int)
    # Codes without gaps, so that they mean the same to both sides.
    columns = [np.unique(column, return_inverse=True)[1] for column in columns]
    return np.stack(columns, axis=1), labels


def main():
    for seed in range(10_000):
        x, y = table(seed)
        clicks = x[y == 1]
        metric = ValueDifferenceMetric().fit(x, y)
        distances = metric.pairwise(clicks)
        ascending = np.sort(distances, axis=1)
        gap = ascending[:, NEIGHBOURS + 1] - ascending[:, NEIGHBOURS]
        if gap.min() > 1e-6 and len(clicks) < 100:
            break
    else:
        sys.exit("no table without ties")
    neighbours = np.sort(np.argsort(distances, axis=1)[:, : NEIGHBOURS + 1], axis=1)
    assert all(row in set_ for row, set_ in enumerate(neighbours))

    more = 60 * len(clicks)
    smoten = SMOTEN(sampling_strategy={1: len(clicks) + more}, random_state=1, k_neighbors=NEIGHBOURS)
    made, made_y = smoten.fit_resample(x, y)
    made = made[len(x) :]
    assert len(made) == more and (made_y[len(x) :] == 1).all()
    json.dump(
        {
            "columns": x.T.tolist(),
            "labels": y.tolist(),
            "neighbours": neighbours.tolist(),
            "distances": distances[:12].round(12).tolist(),
            "rows": np.unique(made, axis=0).tolist(),
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
