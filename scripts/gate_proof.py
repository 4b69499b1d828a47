#!/usr/bin/env python3
"""Proves what `synthctr compare` promises: no false alarms, and planted regressions found.

Plain Python 3.9 or later, no packages. Every judgement is made by the program itself, called on
folders and files that are made here.

    # 1. A pool of repetitions of one program beside itself (A/A); every run is compared with the first.
    scripts/gate_proof.py collect --program target/release/synthctr --pairs 200 --pool pool.json
    # 2. A run of several seeds, whose replicates are dealt into BASE and NEW.
    target/release/synthctr run --generators resample,gaussian-copula --scenarios base,neg25,pos25 \\
        --seeds 12 --no-quality --out replicates
    # 3. The judgements.
    scripts/gate_proof.py judge --program target/release/synthctr --pool pool.json \\
        --replicates replicates --out reports/gate/proof.json

With --compare another program makes the comparisons than the one that is run. Without --pool, time and memory are
left out, and what --out says of them stays.
"""

import argparse
import copy
import csv
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

EXPERIMENT = Path(__file__).resolve().parent.parent / "reports/gate/second.toml"
GATE = {"time": 0.02, "memory": 0.05, "instructions": 0.005}


def compare(program, arguments):
    """The exit code: 0 green, 1 red; anything else is no judgement."""
    done = subprocess.run([program, "compare", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"compare {arguments}: {done.stderr}")
    return done.returncode


# Time and memory.


def run_once(program, out):
    """One run and what it took, as `synthctr compare --programs` measures it."""
    command = [program, "run", str(EXPERIMENT), "--jobs", "1", "--out", str(out)]
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    if status != 0:
        raise SystemExit(f"{command} failed")
    with open(out / "results.csv", newline="") as file:
        peaks = [float(row["peak_rss_mb"]) for row in csv.DictReader(file)]
    return {
        "wall_seconds": wall,
        "user_seconds": usage.ru_utime,
        "system_seconds": usage.ru_stime,
        "peak_mb": max([usage.ru_maxrss * 1024 / 1e6, *peaks]),
        "stages": {},
    }


def collect(arguments):
    judge = arguments.compare or arguments.program
    work = Path(tempfile.mkdtemp(prefix="gate-proof-"))
    run_once(arguments.program, work / "first")
    pool = {"same_bits": 0, "other_bits": 0, "load": [], "repetitions": []}

    def one():
        out = work / "run"
        usage = run_once(arguments.program, out)
        red = compare(judge, [work / "first", out])
        pool["other_bits" if red else "same_bits"] += 1
        shutil.rmtree(out)
        return usage

    for number in range(arguments.pairs):
        first, second = one(), one()
        old_first = number % 2 == 0
        old, new = (first, second) if old_first else (second, first)
        pool["repetitions"].append({"old_first": old_first, "old": old, "new": new})
        pool["load"].append(os.getloadavg()[0])
        part = Path(f"{arguments.pool}.part")
        part.write_text(json.dumps(pool))
        part.replace(arguments.pool)
    shutil.rmtree(work)


def judged(program, repetitions, folder):
    """Whether the light is red for these repetitions."""
    measurements = {
        "programs": ["old", "new"],
        "experiment": EXPERIMENT.name,
        "changes": [],
        "repetitions": repetitions,
        "instructions": None,
    }
    file = folder / "measurements.json"
    file.write_text(json.dumps({"gate": GATE, "measurements": measurements}))
    return compare(program, ["--judge", file])


def planted(repetitions, key, factor):
    repetitions = copy.deepcopy(repetitions)
    for repetition in repetitions:
        repetition["new"][key] *= factor
    return repetitions


def costs(program, pool, folder, trials):
    rng = random.Random(1)
    repetitions = pool["repetitions"]

    def spread(key):
        logs = [math.log(r["new"][key] / r["old"][key]) for r in repetitions]
        return round(statistics.stdev(logs), 4)

    result = {
        "pairs": len(repetitions),
        "load": round(statistics.mean(pool["load"]), 1),
        "spread_of_log_ratio": {k: spread(k) for k in ("user_seconds", "wall_seconds", "peak_mb")},
        "blocks": [],
    }
    for n in (20, 40, 80):
        if n > len(repetitions):
            continue
        disjoint = [repetitions[i : i + n] for i in range(0, len(repetitions) - n + 1, n)]
        dealt = []
        for _ in range(trials):
            block = [dict(r) for r in rng.sample(repetitions, n)]
            for r in block:
                # Which of two runs of one program is called old means nothing.
                if rng.random() < 0.5:
                    r["old"], r["new"] = r["new"], r["old"]
            dealt.append(block)
        half = dealt[: max(trials // 2, 1)]
        red = lambda blocks: sum(judged(program, block, folder) for block in blocks)
        result["blocks"].append(
            {
                "repetitions": n,
                "false_alarms_disjoint": [red(disjoint), len(disjoint)],
                "false_alarms_dealt": [red(dealt), len(dealt)],
                "found_5_percent_slower": [
                    red([planted(b, "user_seconds", 1.05) for b in half]),
                    len(half),
                ],
                "found_20_percent_larger": [
                    red([planted(b, "peak_mb", 1.2) for b in half]),
                    len(half),
                ],
            }
        )
        print(result["blocks"][-1], flush=True)
    return result


# Results.


def read_cells(folder):
    """The cells of a run by name without seed, and by seed."""
    cells = {}
    for file in sorted((folder / "cells").glob("*.json")):
        cell = json.loads(file.read_text())
        cells.setdefault(cell["seed"], {})[file.stem.rsplit(".", 1)[0]] = cell
    whole = max(len(of_seed) for of_seed in cells.values())
    return {seed: of_seed for seed, of_seed in cells.items() if len(of_seed) == whole}


NAMES = ("conditioning", "device", "generator", "model", "reading", "scenario")
LEAVES = sorted((*NAMES, "calibration_error", "seed", "test_auc", "test_logloss"))


def write_run(file, replicates, revision):
    """A baseline file, as --save writes them, whose seed k is the k-th of these replicates."""
    rows = {}
    for seed, cells in enumerate(replicates, 1):
        for name, cell in cells.items():
            values = [seed if leaf == "seed" else cell[leaf] for leaf in LEAVES]
            rows[f"{name}.seed{seed}"] = [f"{revision} {name}", "", *values]
    made_with = {"program": "p", "revision": revision, "instruction_set": "i", "machine": "m"}
    table = {"kind": "cell", "made_with": made_with, "columns": LEAVES, "rows": rows}
    text = {"format": "synthctr baseline 1", "experiment": {}, "tables": [table]}
    file.write_text(json.dumps(text))


def deals(replicates, n, trials, rng):
    """Pairs of lists of n replicates each that have none in common."""
    for _ in range(trials):
        chosen = rng.sample(sorted(replicates), 2 * n)
        yield [replicates[s] for s in chosen[:n]], [replicates[s] for s in chosen[n:]]


def results(program, replicates, folder, trials):
    rng = random.Random(2)
    alarms = {}
    for n in (1, 3, 5):
        if 2 * n > len(replicates):
            continue
        red = 0
        for base, new in deals(replicates, n, trials, rng):
            write_run(folder / "base", base, 1)
            write_run(folder / "new", new, 2)
            red += compare(program, [folder / "base", folder / "new"])
        alarms[f"{n} seeds"] = [red, trials]
        print("false alarms", n, alarms, flush=True)
    spreads = []
    for name in next(iter(replicates.values())):
        values = [100 * cells[name]["test_auc"] for cells in replicates.values()]
        spreads.append(statistics.stdev(values))
    return {
        "replicates": len(replicates),
        "cells_of_each": len(next(iter(replicates.values()))),
        "median_spread_of_auc_points": round(statistics.median(spreads), 3),
        "correlation_within_model_and_seed": correlation(replicates),
        "false_alarms": alarms,
    }


def correlation(replicates):
    """Mean product of two cells' deviations within a model and seed, over the variance."""
    names = sorted(next(iter(replicates.values())))
    found = {}
    for key in ("test_auc", "test_logloss", "calibration_error"):
        products, squares = [], []
        means = {n: statistics.mean(c[n][key] for c in replicates.values()) for n in names}
        for cells in replicates.values():
            off = {n: cells[n][key] - means[n] for n in names}
            squares += [value**2 for value in off.values()]
            for i, a in enumerate(names):
                same = (b for b in names[i + 1 :] if cells[a]["model"] == cells[b]["model"])
                products += [off[a] * off[b] for b in same]
        found[key] = round(statistics.mean(products) / statistics.mean(squares), 3)
    return found


GENERATORS = ("smoten", "gaussian-copula", "ctgan", "tvae", "tabddpm", "copula-gan", "resample", "independent", "mine")
SCENARIOS = ("pos25", "neg25", "synthetic-only")


def like_frappe(rng, seeds, sources, loss=lambda generator, scenario: 0.0):
    """Cells of 3 models with the spread that Frappe's have over seeds, 0.03 to 0.09 points."""
    replicates = []
    kinds = [(g, c, r, s) for c in ("joint", "per-class") for r in ("categories", "numbers") for g in GENERATORS
             for s in SCENARIOS][:sources]
    spread = {(*kind, m): rng.uniform(0.03, 0.09) for kind in kinds for m in ("dnn", "deepfm", "masknet")}
    for _ in range(seeds):
        cells = {}
        for (generator, conditioning, reading, scenario, model), sd in spread.items():
            auc = 98.4 + rng.gauss(0, sd) - loss(generator, scenario)
            way = conditioning if reading == "categories" else f"{conditioning}.numbers"
            cells[f"{generator}.{way}.{scenario}.{model}"] = {
                "conditioning": conditioning,
                "device": "cpu",
                "generator": generator,
                "model": model,
                "reading": reading,
                "scenario": scenario,
                "test_auc": auc / 100,
                "test_logloss": 0.15 + rng.gauss(0, 0.002),
                "calibration_error": 0.018 + rng.gauss(0, 0.001),
            }
        replicates.append(cells)
    return replicates


def simulated(program, folder, trials):
    rng = random.Random(3)
    found = []
    for seeds, sources in ((3, 81), (5, 81), (5, 27)):
        row = {"seeds": seeds, "cells_of_each": 3 * sources}
        one = lambda points: lambda g, s: points * (g == "smoten" and s == "synthetic-only")
        for key, loss, n in (
            ("false_alarms", lambda g, s: 0.0, 2 * trials),
            ("found_0.05_points", lambda g, s: 0.05, trials),
            ("found_0.3_points_of_one_generator_in_one_scenario", one(0.3), trials),
            ("found_1_point_of_the_same", one(1.0), trials),
        ):
            red = 0
            for _ in range(n):
                write_run(folder / "base", like_frappe(rng, seeds, sources), 1)
                write_run(folder / "new", like_frappe(rng, seeds, sources, loss), 2)
                red += compare(program, [folder / "base", folder / "new"])
            row[key] = [red, n]
        found.append(row)
        print(row, flush=True)
    return found


def broken(program, run, folder, trials):
    """One row of one table breaks a constraint, in a change that is meant."""
    rng = random.Random(4)
    found = 0
    files = [f for f in sorted((run / "quality").glob("*.json")) if not f.name.startswith("yard")]
    for _ in range(trials):
        new = folder / "broken"
        shutil.rmtree(new, ignore_errors=True)
        for part in ("quality", "cells"):
            shutil.copytree(run / part, new / part)
        for file in ("experiment.toml", "environment.json"):
            shutil.copy(run / file, new / file)
        file = new / "quality" / rng.choice(files).name
        table = json.loads(file.read_text())
        rng.choice(table["fidelity"]["constraints"])["violations"] = 1
        file.write_text(json.dumps(table))
        found += compare(program, [run, new, "--intended"])
    return [found, trials]


def judge(arguments):
    program = arguments.compare or arguments.program
    folder = Path(tempfile.mkdtemp(prefix="gate-proof-"))
    before = Path(arguments.out)
    proof = json.loads(before.read_text()) if before.exists() else {}
    replicates = read_cells(Path(arguments.replicates))
    any_cell = next(iter(next(iter(replicates.values())).values()))
    made_on = {"machine": any_cell["machine"], "instruction_set": any_cell["instruction_set"]}
    if arguments.pool:
        pool = json.loads(Path(arguments.pool).read_text())
        proof |= made_on
        proof["reruns"] = {"false_alarms": [pool["other_bits"], pool["same_bits"] + pool["other_bits"]]}
        proof["costs"] = costs(program, pool, folder, arguments.trials)
    proof["replicates_dealt"] = made_on | results(program, replicates, folder, arguments.trials)
    proof["simulated"] = simulated(program, folder, arguments.trials // 2)
    if arguments.run:
        found = broken(program, Path(arguments.run), folder, arguments.trials // 2)
        proof["found_broken_constraint"] = found
    Path(arguments.out).write_text(json.dumps(proof, indent=2) + "\n")
    shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("collect", "judge"):
        command = commands.add_parser(name)
        command.add_argument("--program", required=True)
        command.add_argument("--compare", help="the program that compares, if another")
        command.add_argument("--pool", required=name == "collect")
        if name == "collect":
            command.add_argument("--pairs", type=int, default=200)
        else:
            command.add_argument("--replicates", required=True)
            command.add_argument("--run", help="a run folder with quality/, to break a constraint in")
            command.add_argument("--trials", type=int, default=200)
            command.add_argument("--out", required=True)
    arguments = parser.parse_args()
    {"collect": collect, "judge": judge}[arguments.command](arguments)


if __name__ == "__main__":
    main()
