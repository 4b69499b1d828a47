#!/usr/bin/env python3
"""Records imbalanced-learn's value difference metric and the rows that its SMOTEN makes.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-generators.txt
    venv/bin/python scripts/peers/imblearn_smoten.py > tests/fixtures/imblearn_smoten.json

Made with imbalanced-learn 0.14.2, scikit-learn 1.9.1, numpy 2.4.6. imbalanced-learn leaves open
which rows win a tie in distance, so the table is the first, over seeds, in which no row has a tie
between its last neighbour of its label and the next row. Written:

    columns, labels   the table, column by column
    neighbours        by row of label 1: itself and its 5 nearest rows of label 1, as positions among
                      these rows, ascending
    distances         by row of the first 12 of label 1: the distances to all rows of label 1
    rows              by label: the distinct rows among many synthetic ones, ascending
    counts            by label: how often each of them was made
"""

import json
import sys

import numpy as np
from imblearn.metrics.pairwise import ValueDifferenceMetric
from imblearn.over_sampling import SMOTEN

NEIGHBOURS = 5
CATEGORIES = [24, 18, 13, 8]


def table(seed):
    """A table of 220 rows in which the fields tell something of each other and of the label."""
    rng = np.random.default_rng(seed)
    hidden = rng.random(220)
    columns = [((hidden + 0.6 * rng.random(220)) / 1.6 * m).astype(int) for m in CATEGORIES]
    labels = (rng.random(220) < 0.1 + 0.5 * hidden).astype(int)
    # Codes without gaps, so that they mean the same to both sides.
    columns = [np.unique(column, return_inverse=True)[1] for column in columns]
    return np.stack(columns, axis=1), labels


def neighbours_of(metric, rows):
    """Distances between rows, and whether the nearest ones are the same for every tie-breaker."""
    distances = metric.pairwise(rows)
    ascending = np.sort(distances, axis=1)
    gap = ascending[:, NEIGHBOURS + 1] - ascending[:, NEIGHBOURS]
    return distances, gap.min() > 1e-6


def made(x, y, label):
    """The distinct synthetic rows of a label and how often each was made."""
    present = int((y == label).sum())
    more = 1000 * present
    smoten = SMOTEN(
        sampling_strategy={label: present + more}, random_state=1, k_neighbors=NEIGHBOURS
    )
    rows, labels = smoten.fit_resample(x, y)
    rows = rows[len(x) :]
    assert len(rows) == more and (labels[len(x) :] == label).all()
    return np.unique(rows, axis=0, return_counts=True)


def main():
    for seed in range(100_000):
        x, y = table(seed)
        metric = ValueDifferenceMetric().fit(x, y)
        distances, clear = neighbours_of(metric, x[y == 1])
        if clear and neighbours_of(metric, x[y == 0])[1]:
            break
    else:
        sys.exit("no table without ties")
    neighbours = np.sort(np.argsort(distances, axis=1)[:, : NEIGHBOURS + 1], axis=1)
    assert all(row in set_ for row, set_ in enumerate(neighbours))

    by_label = [made(x, y, label) for label in (0, 1)]
    json.dump(
        {
            "columns": x.T.tolist(),
            "labels": y.tolist(),
            "neighbours": neighbours.tolist(),
            "distances": distances[:12].round(12).tolist(),
            "rows": [rows.tolist() for rows, _ in by_label],
            "counts": [counts.tolist() for _, counts in by_label],
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
