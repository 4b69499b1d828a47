#!/usr/bin/env python3
"""The numbers of a report in the order in which its README tells them.

    python3 scripts/findings.py reports/frappe_x1

Reads what `synthctr verify RUN --json RUN/verdict.json` and `synthctr report RUN` have written: what became of each
claim, differences to `base`, to copies and to plain negatives, how good and how private the rows are. The ways of
fitting and of reading ids against each other are told by `synthctr verify RUN --claims claims/ways.toml --all`. Needs
no package besides Python 3.
"""

import argparse
import csv
import json
from collections import Counter
from pathlib import Path

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
            if row[scenario] and not row[f"{scenario} low"]:
                print(f"  {row['model']:8} {row['source']:16} {row['fitted']:20} {float(row[scenario]):+8.3f}  one seed")
            elif row[scenario]:
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


def quality(tables):
    """How good and how private the rows of each source are, and the AUC of models that learned from them alone."""
    def read(name, keys):
        with open(tables / name, encoding="utf-8", newline="") as text:
            return {tuple(row[key] for key in keys): row for row in csv.DictReader(text)}

    fidelity, privacy = (read(name, ("rows of", "fitted")) for name in ("fidelity.csv", "privacy.csv"))
    aucs = {}
    for (_, source, fitted), row in read("test_auc.csv", ("model", "source", "fitted")).items():
        if row.get("synthetic-only"):
            aucs.setdefault((source, fitted), []).append(float(row["synthetic-only"]))
    print("\nRows: quality score, two-sample AUC of a network, strongest attack's AUC, identical rows, AUC of rows alone")
    for key, row in fidelity.items():
        attacks = privacy[key]
        alone = aucs.get(key, [])
        shown = f"{min(alone):.1f} to {max(alone):.1f}" if alone else ""
        print(f"  {key[0]:16} {key[1]:20} {float(row['score']):.3f} {float(row['AUC DNN']):.3f} "
              f"{float(attacks['MIA AUC']):.3f} {float(attacks['identical']):7.4f}  {shown}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a folder with verdict.json and tables")
    run = parser.parse_args().run
    verdict = json.loads((run / "verdict.json").read_text(encoding="utf-8"))
    claims(verdict)
    for table in sorted((run / "tables").glob("difference_to_*.csv")):
        differences(table)
    against_plain(verdict)
    if (run / "tables" / "fidelity.csv").exists():
        quality(run / "tables")


if __name__ == "__main__":
    main()
