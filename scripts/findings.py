#!/usr/bin/env python3
"""The numbers of a report in the order in which the README tells them.

    python3 scripts/findings.py reports/frappe_x1

Reads what `synthctr verify RUN --json RUN/verdict.json` and `synthctr report RUN` have written: what became of each
claim, differences to `base`, to copies and to plain negatives, and the two readings of ids against each other, under
the same seeds, from `results.csv`. Needs no package besides Python 3.
"""

import argparse
import csv
import json
import math
import statistics
from collections import Counter
from pathlib import Path

CONFIDENCE = 0.95


def t_quantile(degrees, share=(1 + CONFIDENCE) / 2):
    """Student's t, by bisection on its distribution function, integrated by Simpson's rule."""
    scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)

    def below(t, steps=2000):
        width = t / steps
        heights = [(1 + (at * width) ** 2 / degrees) ** (-(degrees + 1) / 2) for at in range(steps + 1)]
        area = heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2])
        return 0.5 + scale * area * width / 3

    low, high = 0.0, 1000.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return low


def said(mean, low, high):
    side = "above" if low > 0 else "below" if high < 0 else ""
    return f"{mean:+8.3f}  {low:+8.3f} … {high:+8.3f}  {side}".rstrip()


def counted(intervals):
    above, below = sum(low > 0 for _, low, _ in intervals), sum(high < 0 for _, _, high in intervals)
    means = [mean for mean, _, _ in intervals]
    return (f"{min(means):+.3f} to {max(means):+.3f}; {len(means)} intervals: {above} above 0, {below} below; "
            f"{sum(mean < 0 for mean in means)} means below 0")


def fitted(way):
    """How generators are fitted in a way of answering a claim."""
    return " ".join(filter(None, (way.get("conditioning"), way.get("reading")))) or "no rows drawn"


def claims(verdict):
    print("Claims:", dict(Counter(claim["answer"] for claim in verdict["claims"])))
    for claim in verdict["claims"]:
        ways = ", ".join(f"{fitted(way)}: {way['answer']}" for way in claim["ways"])
        print(f"  {claim['id']:28} {claim['answer']:14} {ways}")


def differences(path):
    """A table of the report: a row for each model and source, three columns for each scenario."""
    with open(path, encoding="utf-8", newline="") as text:
        table = csv.DictReader(text)
        rows, columns = list(table), table.fieldnames
    for scenario in [name for name in columns if f"{name} low" in columns]:
        by_source = {}
        print(f"\n{path.stem}: {scenario}")
        for row in rows:
            if row[scenario]:
                numbers = [float(row[name]) for name in (scenario, f"{scenario} low", f"{scenario} high")]
                by_source.setdefault(row["source"], []).append(numbers)
                print(f"  {row['model']:8} {row['source']:16} {row['fitted']:20} {said(*numbers)}")
        for source, intervals in by_source.items():
            print(f"  {source}: {counted(intervals)}")


def against_plain(verdict):
    for claim in verdict["claims"]:
        if claim["id"] in ("better-than-plain-negatives", "better-than-copies"):
            print(f"\n{claim['id']}")
            by_generator = {}
            # What reads no numbers stands in the ways of either reading.
            once = {one["cells"][0]: one for one in claim["comparisons"] if one["interval"]}
            for cell, one in once.items():
                interval = (one["mean"], one["interval"]["low"], one["interval"]["high"])
                by_generator.setdefault(one["generator"], []).append(interval)
                print(f"  {cell:48} {len(one['seeds']):2} seeds {said(*interval)}")
            for generator, intervals in by_generator.items():
                print(f"  {generator}: {counted(intervals)}")


def readings(path):
    """Ids as numbers less ids as categories, pairs of the same seed."""
    with open(path, encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    auc = {}
    for row in rows:
        key = (row["scenario"], row["generator"], row["conditioning"], row["model"])
        # Fits and draws may have seeds of their own; else they have the cell's.
        seeds = (row["seed"], row["fit_seed"] or row["seed"], row["draw_seed"] or row["seed"])
        auc.setdefault(key, {}).setdefault(row["reading"], {})[seeds] = 100 * float(row["test_auc"])
    print("\nnumbers less categories, the same seeds")
    by_scenario = {}
    for (scenario, generator, conditioning, model), read in sorted(auc.items()):
        seeds = sorted(read.get("numbers", {}).keys() & read.get("categories", {}).keys())
        if len(seeds) < 2:
            continue
        pairs = [read["numbers"][seed] - read["categories"][seed] for seed in seeds]
        mean = statistics.fmean(pairs)
        half = t_quantile(len(pairs) - 1) * statistics.stdev(pairs) / math.sqrt(len(pairs))
        by_scenario.setdefault(scenario, []).append((mean, mean - half, mean + half))
        print(f"  {scenario:14} {model:8} {generator:16} {conditioning:10} {len(pairs):2} seeds "
              f"{said(*by_scenario[scenario][-1])}")
    for scenario, intervals in by_scenario.items():
        print(f"  {scenario}: {counted(intervals)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a folder with verdict.json, results.csv and tables")
    run = parser.parse_args().run
    verdict = json.loads((run / "verdict.json").read_text(encoding="utf-8"))
    claims(verdict)
    for table in sorted((run / "tables").glob("difference_to_*.csv")):
        differences(table)
    against_plain(verdict)
    readings(run / "results.csv")


if __name__ == "__main__":
    main()
