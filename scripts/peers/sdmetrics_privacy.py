#!/usr/bin/env python3
"""Records SDMetrics' distances, new rows and attribution on made-up tables.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-sdmetrics-privacy.txt
    venv/bin/python scripts/peers/sdmetrics_privacy.py > tests/fixtures/sdmetrics_privacy.json

Made with sdmetrics 0.32.0, pandas 2.3.3, numpy 2.4.6. Written, by table:

    columns           with the values of the `real`, `synthetic` and `holdout` rows: texts or numbers,
                      null where missing
    keys, sensitive   the columns that an attacker knows and wants to know
    new_rows          by tolerance, NewRowSynthesis
    closest           distances of the synthetic rows to the closest real row, by calculate_dcr
    overfitting       DCROverfittingProtection's score and shares
    baseline          DCRBaselineProtection's median of the synthetic rows, and its medians of
                      `repeats` draws of random rows
    disclosure        by method, DisclosureProtection's score and parts; numbers are cut into bins

NaN is written as null.
"""

import json
import math
import sys
import warnings

import numpy as np
import pandas as pd
from sdmetrics.single_table import (
    DCRBaselineProtection,
    DCROverfittingProtection,
    DisclosureProtection,
    NewRowSynthesis,
)
from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr

SPLITS = ["real", "synthetic", "holdout"]
REPEATS = 60

warnings.filterwarnings("ignore")


def texts(rng, n, size, missing=0.0, prefix="v"):
    # Low numbers are more common.
    codes = np.minimum(rng.integers(0, size, n), rng.integers(0, size, n))
    values = np.array([f"{prefix}{code}" for code in codes], dtype=object)
    values[rng.random(n) < missing] = None
    return values


def numbers(rng, n, missing=0.0, decimals=3):
    values = np.round(rng.gamma(2.0, 3.0, n) - 2.0, decimals)
    values[rng.random(n) < missing] = np.nan
    return values


def table(columns, keys, sensitive):
    """Columns as functions of a split's position and number of rows."""
    frames = [pd.DataFrame({name: make(i) for name, make in columns.items()}) for i in range(3)]
    return dict(zip(SPLITS, frames)), keys, sensitive


def tables():
    rng = np.random.default_rng(8)
    sizes = [60, 40, 30]
    yield "constant", table(
        {
            "same": lambda i: np.array(["x"] * sizes[i], dtype=object),
            "same_number": lambda i: np.full(sizes[i], 4.5),
            "other": lambda i: texts(rng, sizes[i], 5),
            # Constant among real rows alone.
            "constant_in_real": lambda i: np.full(sizes[i], 2.0) if i == 0 else numbers(rng, sizes[i]),
        },
        ["same", "other"],
        ["same_number"],
    )
    yield "one_side", table(
        {
            "a": lambda i: texts(rng, sizes[i], 4, prefix="rsh"[i]),
            "b": lambda i: texts(rng, sizes[i], [3, 9, 5][i]),
            "c": lambda i: texts(rng, sizes[i], 3),
        },
        ["a", "b"],
        ["c"],
    )
    yield "one_row", table(
        {
            "a": lambda i: np.array(["x"], dtype=object),
            "b": lambda i: np.array([["x", "y", "x"][i]], dtype=object),
            "x": lambda i: np.array([[1.5, 1.5, 2.5][i]]),
        },
        ["a"],
        ["b"],
    )
    many = rng.permutation(10_000)
    yield "many_categories", table(
        {
            "id": lambda i: np.array(
                [f"{code}" for code in (many if i == 0 else rng.integers(0, 11_000, 40))],
                dtype=object,
            ),
            "b": lambda i: texts(rng, 10_000 if i == 0 else 40, 3, prefix=""),
        },
        ["id"],
        ["b"],
    )
    yield "missing", table(
        {
            "a": lambda i: texts(rng, sizes[i], 4, missing=0.3),
            "b": lambda i: texts(rng, sizes[i], 3, missing=0.1),
            "x": lambda i: numbers(rng, sizes[i], missing=0.3, decimals=1),
            "y": lambda i: numbers(rng, sizes[i], missing=[0.0, 0.5, 0.2][i]),
        },
        ["a", "x"],
        ["b"],
    )
    sizes = [80, 60, 50]
    yield "numbers", table(
        {
            "whole": lambda i: rng.integers(0, 40, sizes[i]),
            "x": lambda i: numbers(rng, sizes[i], decimals=1),
            "wide": lambda i: numbers(rng, sizes[i]) * [1, 3, 2][i],
        },
        ["whole", "x"],
        ["wide"],
    )
    sizes = [240, 150, 100]
    yield "clicks", table(
        {
            "click": lambda i: texts(rng, sizes[i], 2, prefix=""),
            "user": lambda i: texts(rng, sizes[i], 12, prefix="u"),
            "item": lambda i: texts(rng, sizes[i], 9, prefix="i"),
            "weekday": lambda i: texts(rng, sizes[i], 7),
            "city": lambda i: texts(rng, sizes[i], 5, missing=0.1),
            "hour": lambda i: rng.integers(0, 24, sizes[i]),
        },
        ["user", "weekday", "city"],
        ["item", "click"],
    )


def is_number(column):
    return pd.api.types.is_numeric_dtype(column)


def plain(value):
    """As JSON has it."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, np.ndarray, pd.Series)):
        return [plain(part) for part in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    value = float(value)
    return None if math.isnan(value) else value


def record(frames, keys, sensitive):
    real, synthetic, holdout = (frames[split] for split in SPLITS)
    kinds = {c: "numerical" if is_number(real[c]) else "categorical" for c in real.columns}
    metadata = {"columns": {c: {"sdtype": kind} for c, kind in kinds.items()}}
    arguments = {"metadata": metadata, "table_name": None}
    overfitting = DCROverfittingProtection.compute_breakdown(real, synthetic, holdout, **arguments)
    medians = []
    for repeat in range(REPEATS if len(real) < 1000 else 6):
        DCRBaselineProtection._seed = repeat
        np.random.seed(repeat)
        parts = DCRBaselineProtection.compute_breakdown(real, synthetic, **arguments)
        parts = parts["median_DCR_to_real_data"]
        medians.append(parts["random_data_baseline"])
    continuous = [column for column in keys + sensitive if kinds[column] == "numerical"]
    disclosure = {
        method: DisclosureProtection.compute_breakdown(
            real, synthetic, keys, sensitive, method, continuous or None
        )
        for method in ["cap", "zero_cap", "generalized_cap"]
    }
    return {
        "columns": [
            {"name": c, "numbers": kind == "numerical"} | {s: frames[s][c] for s in SPLITS}
            for c, kind in kinds.items()
        ],
        "keys": keys,
        "sensitive": sensitive,
        "new_rows": [
            [tolerance, NewRowSynthesis.compute(real, synthetic, metadata, None, tolerance)]
            for tolerance in [0.01, 0.2]
        ],
        "closest": calculate_dcr(synthetic, real, metadata),
        "overfitting": {"score": overfitting["score"]} | overfitting["synthetic_data_percentages"],
        "baseline": {"synthetic": parts["synthetic_data"], "random": medians},
        "disclosure": disclosure,
    }


def main():
    recorded = {name: plain(record(*made)) for name, made in tables()}
    json.dump(recorded, sys.stdout, separators=(",", ":"))
    print()


main()
