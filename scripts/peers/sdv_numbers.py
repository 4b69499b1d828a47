#!/usr/bin/env python3
"""SDV's four generators on integer codes read as numbers: seconds, memory, drawn rows, distances.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-sdv-numbers.txt

    sdv_numbers.py draw METHODS TRAIN_CSV FOLDER [--epochs 300] [--seeds 1] [--rows N]
                        [--draw 50000] [--threads 2] [--numerical user,item,country,city]
    sdv_numbers.py table REAL_CSV ROWS_FILE... [--numerical ...] [--details OUT_JSON]

`draw` fits each of METHODS (gaussian-copula, ctgan, copula-gan, tvae, with commas between) for each
seed in a process of its own, as a new user would: the number columns declared `numerical`, all
others and the label `categorical`, no constraints, the package's defaults, rows drawn without
conditions. In FOLDER it leaves sdv-METHOD-EPOCHSep-SEED.parquet, the rows, and a .json beside it:
seconds, peak memory, versions, settings, and what SDV's own detection takes each column for.

SDV seeds the copula's fit and draws itself. Its seed S here is therefore the S-th call of `sample`
after a fit to the rows in another order (seed 1: the file's order and the first call, which is what
a user gets). The networks follow the global generators, which are seeded.

`table` measures files of rows (Parquet or CSV, whoever made them; METHOD-SEED in their names)
against the real rows: SDMetrics' column shapes (KSComplement for numbers, TVComplement for
categories) and pair trends (CorrelationSimilarity between numbers, else ContingencySimilarity, a
number beside a category cut into ten intervals), of all rows. `trends` is the mean that the quality
report prints, which leaves out pairs that are hardly related in the real rows; `all pairs` leaves
none out. The columns named after fields are total variation distances over all distinct values of
the numbers, so there less is better.

peak_mb is the process's own peak, imports_mb of it before the fit; peak_mb_with_workers, twice a
second, adds the worker processes in which SDV transforms columns.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd

import sdv_generators as peers

NUMERICAL = "user,item,country,city"
METHODS = ["gaussian-copula", "ctgan", "copula-gan", "tvae"]
THREADS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT"]


def names(text):
    return [name for name in text.split(",") if name]


def read(path):
    """The rows of a CSV or Parquet file as texts."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype(str)
    return peers.read(path)


# Fit and draw.


def detected(path, rows):
    from sdv.metadata import Metadata

    metadata = Metadata.detect_from_dataframes({"log": pd.read_csv(path, nrows=rows)})
    return {name: one["sdtype"] for name, one in metadata.tables["log"].columns.items()}


def in_order_of(seed, frame, categorical):
    """The rows shuffled, but for those where a category is new: SDV keeps the categories' order."""
    first = sorted({row for name in categorical for row in frame.groupby(name).head(1).index})
    rest = np.setdiff1d(np.arange(len(frame)), first)
    order = np.concatenate([first, np.random.default_rng(seed).permutation(rest)])
    return frame.iloc[order].reset_index(drop=True)


def fit(args):
    """One method, one seed, in this process."""
    import torch

    torch.set_num_threads(args.threads)
    numerical = names(args.numerical)
    frame = peers.read(args.train, args.rows)
    copula = args.method == "gaussian-copula"
    epochs = None if copula else args.epochs
    if copula and args.seed > 1:
        frame = in_order_of(args.seed, frame, [name for name in frame if name not in numerical])
    one = peers.SdvPeer(args.method, numerical)
    line = {
        "method": args.method,
        "seed": args.seed,
        "epochs": epochs,
        "rows": len(frame),
        "drawn_rows": args.draw,
        "detected": detected(args.train, args.rows),
        "imports_mb": peers.peak_mb(),
    }
    clock = peers.Clock()
    peers.watch(line, clock, None, None)
    peers.seed_all(args.seed)
    clock.start = time.perf_counter()
    with peers.quiet():
        one.fit(frame, epochs)
    line["fit_seconds"] = round(time.perf_counter() - clock.start, 2)
    if not copula:
        line |= clock.epoch(epochs)
    line["fit_peak_mb"] = peers.peak_mb()
    for _ in range(args.seed if copula else 1):
        start = time.perf_counter()
        with peers.quiet():
            made = one.sample(args.draw)
        line["sample_seconds"] = round(time.perf_counter() - start, 2)
    line["peak_mb"] = peers.peak_mb()
    line |= {"settings": one.settings, "versions": one.versions, "machine": peers.machine()}
    if copula:
        line["distributions"] = one.synthesizer.get_learned_distributions()
    name = f"sdv-{args.method}" + ("" if copula else f"-{epochs}ep")
    out = args.folder / f"{name}-{args.seed}"
    made.to_parquet(out.with_suffix(".parquet"), index=False)
    text = json.dumps(line, indent=1, default=float)
    out.with_suffix(".json").write_text(text + "\n")
    figures = ("fit_seconds", "epoch_seconds", "sample_seconds", "imports_mb", "peak_mb")
    figures += ("peak_mb_with_workers",)
    print(out.name, *(f"{each} {line[each]}" for each in figures if each in line), flush=True)


def draw(args):
    args.folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {name: str(args.threads) for name in THREADS}
    for seed in names(args.seeds):
        for method in names(args.methods):
            if method not in METHODS:
                sys.exit(f"{method} is none of {', '.join(METHODS)}")
            command = [sys.executable, __file__, "fit", method, args.train, args.folder, seed]
            command += ["--epochs", args.epochs, "--draw", args.draw, "--threads", args.threads]
            command += ["--numerical", args.numerical]
            command += [] if args.rows is None else ["--rows", args.rows]
            subprocess.run([str(part) for part in command], check=True, env=environment)


# Measure.


def measure(real, made, kinds):
    from sdmetrics_fidelity import frame, report

    real, made = frame(real, kinds), frame(made, kinds)
    as_published = report(real, made, kinds)
    trends = report(real, made, kinds, thresholds=False).get_details("Column Pair Trends")
    shapes = as_published.get_details("Column Shapes")
    averages = as_published.get_properties().set_index("Property")["Score"]
    return {
        "shapes": float(averages["Column Shapes"]),
        "trends": float(averages["Column Pair Trends"]),
        "all pairs": float(trends["Score"].mean()),
        "total_variation": {
            name: peers.total_variation(real[name].to_numpy(), made[name].to_numpy())
            for name, kind in kinds.items()
            if kind == "numerical"
        },
        "columns": dict(zip(shapes["Column"], shapes["Score"])),
        "pairs": {
            f"{a} × {b}": score
            for a, b, score in zip(trends["Column 1"], trends["Column 2"], trends["Score"])
        },
    }


def named(path):
    """`METHOD-SEED` taken apart; a name without a seed is all method."""
    found = re.fullmatch(r"(.*)-(\d+)", path.stem)
    return found.groups() if found else (path.stem, "")


def ruled(frame):
    """A Markdown table."""
    text = frame.map(lambda value: f"{value:.4f}" if isinstance(value, float) else str(value))
    lines = [text.columns, ["---" if each < 2 else "---:" for each in range(len(text.columns))]]
    return "\n".join(f"| {' | '.join(line)} |" for line in [*lines, *text.to_numpy().tolist()])


def table(args):
    warnings.simplefilter("ignore")
    real = read(args.real)
    numerical = names(args.numerical)
    kinds = {name: "numerical" if name in numerical else "categorical" for name in real}
    details = []
    for path in args.files:
        method, seed = named(path)
        details.append({"method": method, "seed": seed, **measure(real, read(path), kinds)})
    heads = pd.DataFrame([{key: one[key] for key in ("method", "seed")} for one in details])
    figures = pd.DataFrame(
        [
            {key: one[key] for key in ("shapes", "trends", "all pairs")} | one["total_variation"]
            for one in details
        ]
    )
    columns = pd.DataFrame([one["columns"] for one in details])
    for part in (figures, columns):
        rows = pd.concat([heads, part], axis=1)
        summary = []
        for method, group in rows.groupby("method", sort=False):
            if len(group) > 1:
                of = group[list(part)]
                summary.append({"method": method, "seed": "mean", **of.mean()})
                summary.append({"method": method, "seed": "sd", **of.std()})
        print(ruled(pd.concat([rows, pd.DataFrame(summary)], ignore_index=True)), end="\n\n")
    if args.details:
        args.details.write_text(json.dumps(details, indent=1, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)

    many = commands.add_parser("draw", help="fit and draw, a process for each method and seed")
    many.add_argument("methods", help="with commas between: " + ", ".join(METHODS))
    many.set_defaults(run=draw)
    one = commands.add_parser("fit", help="what draw calls: one method, one seed")
    one.add_argument("method", choices=METHODS)
    one.set_defaults(run=fit)
    for each in (many, one):
        each.add_argument("train", type=pathlib.Path)
        each.add_argument("folder", type=pathlib.Path)
        each.add_argument("--epochs", type=int, default=300)
        each.add_argument("--rows", type=int, help="of the train file, from its start; else all")
        each.add_argument("--draw", type=int, default=50_000, help="rows to draw")
        each.add_argument("--threads", type=int, default=2)
    one.add_argument("seed", type=int)
    many.add_argument("--seeds", default="1", help="with commas between")

    measured = commands.add_parser("table", help="distances of drawn rows to real ones")
    measured.add_argument("real", type=pathlib.Path)
    measured.add_argument("files", nargs="+", type=pathlib.Path)
    measured.add_argument("--details", type=pathlib.Path, help="a JSON file for every pair")
    measured.set_defaults(run=table)
    for each in (many, one, measured):
        each.add_argument("--numerical", default=NUMERICAL, help="fields that are numbers")

    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
