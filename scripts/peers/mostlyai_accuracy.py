#!/usr/bin/env python3
"""Records mostlyai-qa's accuracy of single columns, pairs and triples.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-mostlyai.txt
    venv/bin/pip install --no-deps mostlyai-qa==1.10.11
    venv/bin/python scripts/peers/mostlyai_accuracy.py > tests/fixtures/mostlyai_accuracy.json

Made with mostlyai-qa 1.10.11, pandas 2.3.3, numpy 2.4.6. Only the module that bins and counts is
loaded; what it imports for plots and correlations is not needed. Per case: the tables (null is
missing), and of every set of one to three columns the accuracy and the expected one, which
mostlyai-qa rounds to five decimals.
"""

import importlib
import importlib.util
import json
import sys
import types

import numpy as np
import pandas as pd


def accuracy_module():
    """`mostlyai.qa._accuracy` without what its package loads."""
    folder = importlib.util.find_spec("mostlyai").submodule_search_locations[0]
    for name, path in (("mostlyai", folder), ("mostlyai.qa", folder + "/qa")):
        package = types.ModuleType(name)
        package.__path__ = [path]
        sys.modules[name] = package
    for name in ("phik", "phik.phik"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["phik"].phik = sys.modules["phik.phik"]
    files = types.ModuleType("mostlyai.qa._filesystem")
    files.Statistics = files.TemporaryWorkspace = object
    sys.modules[files.__name__] = files
    return importlib.import_module("mostlyai.qa._accuracy")


def record(module, real, synthetic):
    frames = [
        pd.DataFrame({f"tgt::{name}": pd.Series(column) for name, column in table.items()})
        for table in (real, synthetic)
    ]
    real_bins, bins = module.bin_data(df=frames[0], bins=10)
    synthetic_bins, _ = module.bin_data(df=frames[1], bins=bins)
    sets = []
    calculations = {
        1: (module.calculate_univariates, ["column"]),
        2: (module.calculate_bivariates, ["col1", "col2"]),
        3: (module.calculate_trivariates, ["col1", "col2", "col3"]),
    }
    for size, (calculate, names) in calculations.items():
        for _, row in calculate(real_bins, synthetic_bins).iterrows():
            columns = [row[name].removeprefix("tgt::") for name in names]
            if columns == sorted(columns):
                accuracy, expected = float(row["accuracy"]), float(row["accuracy_max"])
                sets.append({"columns": columns, "accuracy": accuracy, "expected": expected})
    return {"real": real, "synthetic": synthetic, "sets": sets}


def missing(values, rng, share):
    return [None if rng.random() < share else value for value in values]


def table(rng, n, shift):
    item = np.minimum(rng.geometric(0.12, n), 30)
    rare = np.minimum(rng.geometric(0.75, n), 9)
    hour = rng.normal(12 + shift, 5, n)
    price = np.exp(rng.normal(1 + 0.1 * shift, 1, n)) + 0.1 * hour
    return {
        "item": [f"i{x}" for x in item],
        "rare": missing([f"r{x}" for x in rare], rng, 0.004),
        "often": missing([f"o{x}" for x in np.minimum(rng.geometric(0.15, n), 25)], rng, 0.3),
        "hour": missing([round(float(x), 2) for x in hour], rng, 0.05),
        "price": [float(x) for x in price],
        "count": [float(x) for x in rng.poisson(0.6 + 0.1 * shift, n)],
        "few": [float(x) for x in rng.integers(0, 4 + shift, n)],
        "tiny": [float(x) * 1e-4 for x in rng.random(n)],
    }


def main():
    module = accuracy_module()
    rng = np.random.default_rng(5)
    real, synthetic = table(rng, 700, 0), table(rng, 500, 1)
    for name in ("item", "often"):
        counts = pd.Series(real[name]).value_counts(dropna=False)
        assert counts.iloc[9] > counts.iloc[10], "which of two categories is the tenth is arbitrary"
    cases = {"mixed": record(module, real, synthetic)}
    few = {"a": list("ppqqqqqq"), "x": [1.0, 2.0] * 4, "y": [None] * 8}
    other = {"a": list("qqqp"), "x": [2.0, 5.0, None, 0.0], "y": [1.0, None, 2.0, None]}
    cases["few rows"] = record(module, few, other)
    json.dump(cases, sys.stdout)
    print()


if __name__ == "__main__":
    main()
