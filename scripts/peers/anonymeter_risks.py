#!/usr/bin/env python3
"""Records what the package anonymeter makes of counts, of nearest rows and of whole tables.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-anonymeter.txt
    venv/bin/python scripts/peers/anonymeter_risks.py > tests/fixtures/anonymeter.json

Tables are not written: row and column give each value by a formula (`uniform` and `rows` below),
and the test makes the same ones. Written:

    rates        [attacks, successes, confidence, value, error]
    risks        [attacks, main, control, confidence, value, lower bound, upper bound]
    nearest      60 targets and 200 candidates, 20 of them the same: for either half of the columns
                 the 5 nearest rows and their distances by target; how many halves are linked by 1,
                 3 and 5 neighbours; which of the guesses of a category and of a number are right
    tables       by kind of table and by whether half of the synthetic rows are copies: for each
                 attack the successes of the main, naive and control attackers, one of 20 repeats each

Two things are not taken as they come. The naive inference attacker's guesses are given the index of
the targets, without which the package takes nearly all of them for missing. Train and control have
as many distinct rows, since its correction for control's size counts predicates, not successes (on
3,000 real and 1,200 control rows of the mixed table without a leak it makes 42 successes of control
in 500 where 3,000 control rows give 134, and a risk of 20 %). Random numbers of pandas are seeded,
those of the naive linkability attacker are not.
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator
from anonymeter.evaluators.inference_evaluator import evaluate_inference_guesses
from anonymeter.neighbors.mixed_types_kneighbors import MixedTypeKNeighbors
from anonymeter.stats.confidence import EvaluationResults, success_rate

ROWS, ATTACKS, REPEATS = 1000, 300, 20
HALVES = ["a", "c", "e"], ["b", "d", "f"]


def uniform(table, row, column):
    """A number from 0 to 1: the SplitMix64 hash of a value's place."""
    mask = 2**64 - 1
    z = (table << 40) + (row << 6) + column
    z = (z * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return ((z ^ (z >> 31)) >> 11) / 2**53


def value(kind, table, row, column):
    """Columns 0 and 1 are numbers in a mixed table; all but one hang on something hidden."""
    hidden, own = uniform(table, row, 63), uniform(table, row, column)
    if kind == "mixed" and column == 0:
        return 1.0 + hidden + 0.5 * own
    if kind == "mixed" and column == 1:
        return 100.0 * own * own
    size = [9, 14, 8, 12, 40 if kind == "mixed" else 400, 5][column]
    return int(own * own * size) if column == 4 else int((hidden + own) / 2.0 * size)


def rows(kind, table, n):
    """The first `n` different rows."""
    found, row = {}, 0
    while len(found) < n:
        found[tuple(value(kind, table, row, column) for column in range(6))] = None
        row += 1
    return list(found)


def frame(kind, rows):
    data = pd.DataFrame(rows, columns=list("abcdef"))
    categories = list("cdef") if kind == "mixed" else list("abcdef")
    return data.astype({name: str for name in categories})


def rates():
    for n in (1, 2, 10, 300, 500, 2000):
        for k in sorted({0, 1, n // 3, n // 2, n - 1, n}):
            for confidence in (0.5, 0.9, 0.95, 0.999):
                yield [n, k, confidence, *success_rate(n, k, confidence)]


def risks():
    for n in (10, 500, 2000):
        for main in sorted({0, 1, n // 10, n // 2, n - 1, n}):
            for control in sorted({0, n // 11, n // 2, n - 1, n}):
                for confidence in (0.9, 0.95):
                    results = EvaluationResults(n, main, 0, control, confidence)
                    risk = results.risk()
                    yield [n, main, control, confidence, risk.value, *risk.ci]


def nearest():
    targets, candidates = rows("mixed", 11, 60), rows("mixed", 12, 200)
    targets, candidates = frame("mixed", targets), frame("mixed", targets[:20] + candidates[20:])
    written = {"halves": []}
    for half in HALVES:
        search = MixedTypeKNeighbors(n_neighbors=5, n_jobs=1).fit(candidates[half])
        distances, indexes = search.kneighbors(targets[half], return_distance=True)
        written["halves"].append({"rows": indexes.tolist(), "distances": distances.tolist()})
    attack = LinkabilityEvaluator(targets, candidates, HALVES, n_attacks=60, n_neighbors=5)
    attack.evaluate(n_jobs=1)
    written["links"] = [[k, attack.results(n_neighbors=k).n_success] for k in (1, 3, 5)]
    for secret, regression in (("d", False), ("a", True)):
        aux = [name for name in "abcdef" if name != secret]
        search = MixedTypeKNeighbors(n_neighbors=1, n_jobs=1).fit(candidates[aux])
        guesses = candidates[secret].iloc[search.kneighbors(targets[aux]).flatten()]
        guesses.index = targets.index
        right = evaluate_inference_guesses(guesses, targets[secret], regression)
        written[f"right_{secret}"] = [bool(each) for each in right]
    return written


def successes(results):
    counts = results.n_success, results.n_baseline, results.n_control
    return [int(count) for count in counts]


def singling_out(mode, train, synthetic, control, seed):
    attack = SinglingOutEvaluator(train, synthetic, ATTACKS, 3, control, seed=seed)
    return successes(attack.evaluate(mode).results())


def linkability(train, synthetic, control, seed):
    np.random.seed(seed)
    attack = LinkabilityEvaluator(train, synthetic, HALVES, ATTACKS, 1, control)
    return successes(attack.evaluate(n_jobs=1).results())


def inference(secret, regression, train, synthetic, control, seed):
    np.random.seed(seed)
    aux = [name for name in "abcdef" if name != secret]
    attack = InferenceEvaluator(train, synthetic, aux, secret, regression, ATTACKS, control)
    main, _, on_control = successes(attack.evaluate(n_jobs=1).results())
    guesses = synthetic[secret].sample(ATTACKS)
    targets = train[secret].sample(ATTACKS)
    guesses.index = targets.index
    return [main, int(evaluate_inference_guesses(guesses, targets, regression).sum()), on_control]


def tables():
    for kind in ("mixed", "categories"):
        train, fresh, control = (rows(kind, table, ROWS) for table in (1, 2, 3))
        for leak in (False, True):
            synthetic = frame(kind, train[: ROWS // 2] + fresh[ROWS // 2 :] if leak else fresh)
            given = frame(kind, train), synthetic, frame(kind, control)
            attacks = {
                "univariate": lambda seed: singling_out("univariate", *given, seed),
                "multivariate": lambda seed: singling_out("multivariate", *given, seed),
                "linkability": lambda seed: linkability(*given, seed),
                "inference_d": lambda seed: inference("d", False, *given, seed),
                "inference_a": lambda seed: inference("a", kind == "mixed", *given, seed),
            }
            for name, attack in attacks.items():
                print(kind, leak, name, file=sys.stderr, flush=True)
                repeats = [attack(seed) for seed in range(REPEATS)]
                yield {"kind": kind, "leak": leak, "attack": name, "successes": repeats}


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    json.dump(
        {
            "rates": list(rates()),
            "risks": list(risks()),
            "nearest": nearest(),
            "rows": ROWS,
            "attacks": ATTACKS,
            "tables": list(tables()),
        },
        sys.stdout,
        separators=(",", ":"),
    )
    print()
