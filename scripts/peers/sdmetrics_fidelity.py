#!/usr/bin/env python3
"""Records SDMetrics' single columns, pairs and QualityReport, and scipy's distances beside them.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-sdmetrics.txt
    venv/bin/python scripts/peers/sdmetrics_fidelity.py > tests/fixtures/sdmetrics_fidelity.json

Made with sdmetrics 0.32.0, pandas 2.3.3, numpy 2.4.6, scipy 1.17.1. Per case: the two tables
(`kinds`, `real`, `synthetic`; null is missing), `columns`, `pairs`, and the report's `score`,
`column_shapes`, `column_pair_trends`. What SDMetrics cannot compute is null. The tables of the case
`ten thousand categories` are too large to record and made from formulas, here and in the test.
"""

import itertools
import json
import math
import sys
import warnings

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon
from scipy.stats.contingency import association
from sdmetrics.reports.single_table import QualityReport
from sdmetrics.single_column import (
    BoundaryAdherence,
    CategoryAdherence,
    CategoryCoverage,
    KSComplement,
    RangeCoverage,
    TVComplement,
)

warnings.simplefilter("ignore")

OF_CATEGORIES = {
    "tv_complement": TVComplement,
    "category_coverage": CategoryCoverage,
    "category_adherence": CategoryAdherence,
}
OF_NUMBERS = {
    "ks_complement": KSComplement,
    "range_coverage": RangeCoverage,
    "boundary_adherence": BoundaryAdherence,
}


def number(value):
    return None if value is None or math.isnan(value) else float(value)


def computed(metric, real, synthetic):
    try:
        return number(metric.compute(real, synthetic))
    except Exception:
        return None


def frame(table, kinds):
    types = {"categorical": object, "numerical": float}
    return pd.DataFrame({name: pd.Series(table[name], dtype=types[kinds[name]]) for name in kinds})


def js_distance(real, synthetic):
    counts = [column.fillna("").value_counts() for column in (real, synthetic)]
    real, synthetic = counts[0].align(counts[1], fill_value=0)
    return number(jensenshannon(real, synthetic, base=2))


def intervals(column, kind):
    if kind == "categorical":
        return column.fillna("")
    edges = np.histogram_bin_edges(column.dropna())
    return pd.Series(np.digitize(column, bins=edges))


def cramers_v(a, b):
    table = pd.crosstab(a, b).to_numpy()
    return None if min(table.shape) < 2 else number(association(table, method="cramer"))


def report(real, synthetic, kinds, thresholds=True):
    report = QualityReport()
    report.num_rows_subsample = None
    if not thresholds:
        report.real_correlation_threshold = report.real_association_threshold = 0
    metadata = {"columns": {name: {"sdtype": kind} for name, kind in kinds.items()}}
    report.generate(real, synthetic, metadata, verbose=False)
    return report


def record(kinds, real, synthetic, keep=True):
    tables = {"real": real, "synthetic": synthetic}
    real, synthetic = frame(real, kinds), frame(synthetic, kinds)
    columns = {}
    for name, kind in kinds.items():
        metrics = OF_CATEGORIES if kind == "categorical" else OF_NUMBERS
        columns[name] = {
            key: computed(metric, real[name], synthetic[name]) for key, metric in metrics.items()
        }
        if kind == "categorical":
            columns[name]["js_distance"] = js_distance(real[name], synthetic[name])
    with_thresholds = report(real, synthetic, kinds)
    trends = with_thresholds.get_details("Column Pair Trends")
    every = report(real, synthetic, kinds, thresholds=False).get_details("Column Pair Trends")
    pairs = []
    for i, (a, b) in enumerate(itertools.combinations(kinds, 2)):
        row = every.iloc[i]
        contingency = row["Metric"] == "ContingencySimilarity"
        pair = {"a": a, "b": b, "trend": number(trends.iloc[i]["Score"])}
        if contingency:
            pair["contingency_similarity"] = number(row["Score"])
        else:
            pair["correlation_similarity"] = number(row["Score"])
            pair["correlation_real"] = number(row["Real Correlation"])
            pair["correlation_synthetic"] = number(row["Synthetic Correlation"])
        for side, table in (("real", real), ("synthetic", synthetic)):
            a_codes, b_codes = (intervals(table[name], kinds[name]) for name in (a, b))
            pair[f"cramers_v_{side}"] = cramers_v(a_codes, b_codes)
        pairs.append(pair)
    averages = [each._compute_average() for each in with_thresholds._properties.values()]
    result = {
        "kinds": kinds,
        "columns": columns,
        "pairs": pairs,
        "column_shapes": number(averages[0]),
        "column_pair_trends": number(averages[1]),
        "score": number(with_thresholds.get_score()),
    }
    return result | tables if keep else result


def missing(values, rng, share):
    return [None if rng.random() < share else value for value in values]


def clicks(rng, n, shift):
    """Rows of a click log: a few users like a few items, contexts follow each other."""
    user = (rng.zipf(1.5, n) % 40).tolist()
    item = [(u * 7 + int(rng.integers(0, 6 + shift))) % 50 for u in user]
    city = rng.choice(12, n, p=rng.dirichlet(np.ones(12))).tolist()
    hour = rng.normal(13 + shift, 4, n).clip(0, 23.99)
    price = np.exp(rng.normal(1, 0.6, n)) + 0.05 * hour
    click = [int(rng.random() < 0.15 + 0.5 * ((u + i) % 3 == 0)) for u, i in zip(user, item)]
    return {
        "click": [str(x) for x in click],
        "user": [f"u{x}" for x in user],
        "item": [f"i{x}" for x in item],
        "city": missing([f"c{x}" for x in city], rng, 0.05),
        "country": [f"k{x // 4}" for x in city],
        "hour": missing([round(float(x), 2) for x in hour], rng, 0.03),
        "price": [round(float(x), 3) for x in price],
    }


def ten_thousand(n, a, b):
    """The `i`-th row of the formulas that the test repeats."""
    rows = range(n)
    item = [(a * i * i + b * i) % 10007 % 10000 for i in rows]
    group = [(item[i] * 31 + i // 100) % 7 for i in rows]
    kind = [(item[i] % 50 + i % 3) % 50 for i in rows]
    text = {"item": item, "group": group, "kind": kind}
    return {name: [str(x) for x in column] for name, column in text.items()}


def main():
    rng = np.random.default_rng(8)
    cases = {}
    c, x = "categorical", "numerical"
    cases["constant"] = record(
        {"a": c, "b": c, "x": x, "y": x, "z": x},
        {"a": list("pppp"), "b": list("qrqr")}
        | {"x": [1, 1, 1, 1], "y": [1, 2, 3, 4], "z": [2, 1, 4, 5]},
        {"a": list("ppps"), "b": list("qqrr")}
        | {"x": [1, 1, 2, 1], "y": [1, 2, 2, 9], "z": [3, 3, 3, 3]},
    )
    cases["category on one side"] = record(
        {"a": c, "b": c},
        {"a": list("ppqqrrs"), "b": list("uuuvvww")},
        {"a": list("ppqtttz"), "b": list("uxxvvww")},
    )
    cases["one row"] = record(
        {"a": c, "b": c, "x": x, "y": x},
        {"a": ["p"], "b": ["q"], "x": [1.5], "y": [2]},
        {"a": ["p"], "b": ["r"], "x": [1.5], "y": [7]},
    )
    cases["one column"] = record({"a": c}, {"a": list("ppq")}, {"a": list("pqq")})
    cases["all missing in real"] = record(
        {"a": c, "b": c, "x": x, "y": x},
        {"a": [None] * 4, "b": list("pqpq"), "x": [None] * 4, "y": [1, 2, 3, 4]},
        {"a": ["p", "q", None, "p"], "b": list("pqqq"), "x": [1, 2, None, 3], "y": [1, 2, 4, 4]},
    )
    cases["all missing in synthetic"] = record(
        {"a": c, "b": c, "x": x, "y": x},
        {"a": ["p", "q", None, "p"], "b": list("pqqq"), "x": [1, 2, None, 3], "y": [1, 2, 4, 4]},
        {"a": [None] * 4, "b": list("pqpq"), "x": [None] * 4, "y": [1, 2, 3, 4]},
    )
    n = 60
    a = rng.choice(list("pqrs"), n).tolist()
    b = [each if rng.random() < 0.7 else "t" for each in a]
    y = rng.normal(size=n)
    values = {"a": missing(a, rng, 0.2), "b": missing(b, rng, 0.2)}
    values |= {"x": missing(y.round(3).tolist(), rng, 0.2)}
    values |= {"y": missing((2 * y + rng.normal(size=n)).round(3).tolist(), rng, 0.1)}
    without = {"a": a[:40], "b": b[:40]}
    without |= {"x": (y[:40] + 0.3).round(3).tolist(), "y": (y[:40] ** 2).round(3).tolist()}
    kinds = {"a": c, "b": c, "x": x, "y": x}
    cases["missing in real alone"] = record(kinds, values, without)
    cases["missing in synthetic alone"] = record(kinds, without, values)
    cases["missing in both"] = record(kinds, values, {k: v[20:] for k, v in values.items()})
    n = 150
    u = rng.normal(size=n)
    real = {
        "u": u.tolist(),
        "v": (u + 0.3 * rng.normal(size=n)).tolist(),
        "w": rng.integers(0, 5, n).tolist(),
        "huge": (1e12 + rng.normal(size=n) * 1e3).tolist(),
        "tiny": (rng.integers(0, 9, n) * 1e-15).tolist(),
        "sign": ["+" if each > 0 else "-" for each in u],
    }
    m = 110
    u = rng.normal(0.2, 1.3, m)
    synthetic = {
        "u": u.tolist(),
        "v": (u + 0.9 * rng.normal(size=m)).tolist(),
        "w": rng.integers(-1, 6, m).tolist(),
        "huge": (1e12 + rng.normal(size=m) * 2e3).tolist(),
        "tiny": (rng.integers(0, 12, m) * 1e-15).tolist(),
        "sign": ["+" if each > 0.4 else "-" for each in u],
    }
    kinds = {name: x for name in real} | {"sign": c}
    cases["numbers"] = record(kinds, real, synthetic)
    kinds = {name: c for name in ("click", "user", "item", "city", "country")}
    kinds |= {"hour": x, "price": x}
    cases["click log"] = record(kinds, clicks(rng, 400, 0), clicks(rng, 300, 1))
    kinds = {"item": c, "group": c, "kind": c}
    large = ten_thousand(12000, 7, 13), ten_thousand(9000, 11, 5)
    cases["ten thousand categories"] = record(kinds, *large, keep=False)
    json.dump(cases, sys.stdout)
    print()


if __name__ == "__main__":
    main()
