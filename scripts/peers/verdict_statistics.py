#!/usr/bin/env python3
"""Records what scipy, statsmodels, baycomp, rliable and mpmath make of the statistics of verdicts.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-verdict.txt
    venv/bin/python scripts/peers/verdict_statistics.py > tests/fixtures/verdict_statistics.json

It takes a few minutes, rliable's bootstrap most of them. Written, `tails` being the p-values
of above, below and either side:

    tails        [degrees of freedom, t, P(T > t)] by mpmath, to 16 digits
    quantiles    [degrees of freedom, p, the t with P(T > t) = p] by mpmath
    pairs        two samples: mean, standard error, degrees of freedom, 95 % interval and tails of
                 their paired and Welch difference by scipy; the largest p-values of statsmodels'
                 two one-sided tests at a margin; baycomp's probability of a difference above the
                 margin, its variance being that of a published mean of one run less than there are
    holm         p-values and the adjusted ones of statsmodels
    signed_rank  differences, the statistic and tails by scipy (with ties by a full permutation
                 test); the 95 % interval of the differences that scipy's exact test, or a normal
                 one, does not reject, where scipy has it
    bootstrap    runs of tasks of two algorithms; rliable's interquartile mean of the first and
                 probability of improvement with 95 % intervals
    dunnett      runs of groups and control, degrees of freedom (null: infinite), t, and the
                 p-value by mpmath's double integral; samples and what scipy's Monte Carlo gives
    noncentral   [t, degrees of freedom, noncentrality, P(T <= t)] by mpmath's series
    power        tests of one and of two means by statsmodels, and the numbers of runs it asks for
"""

import json
import logging
import math

import baycomp
import mpmath as mp
import numpy as np
from rliable import library, metrics
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.weightstats import ttost_ind, ttost_paired

DRAW = np.random.default_rng(20260)


def sample(n, mean=0.0, sd=1.0, digits=4):
    return [round(float(x), digits) for x in DRAW.normal(mean, sd, n)]


def t_tail(df, t):
    """P(T > t), t at least 0."""
    df, t = mp.mpf(df), mp.mpf(t)
    return mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


def tails():
    with mp.workdps(40):
        return [
            [df, t, float(t_tail(df, t))]
            for df in [1, 1.7, 2, 4, 9.3, 29, 120, 2000, 9999.5, 10000, 123456.7]
            for t in [1e-9, 1e-4, 0.3, 0.99, 1.01, 2.5, 6.0, 40.0]
        ]


def quantiles():
    rows = []
    with mp.workdps(40):
        for df in [1, 1.7, 2, 4, 9.3, 29, 120, 2000, 9999.5, 10000, 123456.7]:
            for p in [0.4, 0.1, 0.025, 0.005, 0.0001]:
                start = stats.t.isf(p, df)
                t = mp.findroot(lambda x: t_tail(df, x) - mp.mpf(p), (start, start * 1.001))
                rows.append([df, p, float(t)])
    return rows


def estimate(test):
    interval = test("two-sided").confidence_interval(0.95)
    return {
        "degrees_of_freedom": float(test("two-sided").df),
        "interval": [float(interval.low), float(interval.high)],
        "tails": [float(test(side).pvalue) for side in ["greater", "less", "two-sided"]],
    }


def pairs():
    cases = []
    shapes = [(2, 2), (3, 3), (5, 5), (20, 20), (200, 200), (2, 30), (7, 3), (12, 40)]
    for n, m in shapes:
        a, b = sample(n, 0.3, 1.0), sample(m, 0.0, 2.5)
        if n == 20:
            a = [round(1e4 + x, 4) for x in a]
            b = [round(1e4 + x, 4) for x in b]
        x, y = np.array(a), np.array(b)
        case = {
            "a": a,
            "b": b,
            "welch": estimate(
                lambda side: stats.ttest_ind(x, y, equal_var=False, alternative=side)),
            "margin": 0.8,
            "welch_equivalence": float(ttost_ind(x, y, -0.8, 0.8, usevar="unequal")[0]),
        }
        if n == m:
            case["paired"] = estimate(lambda side: stats.ttest_rel(x, y, alternative=side))
            case["paired_equivalence"] = float(ttost_paired(x, y, -0.8, 0.8)[0])
            above = baycomp.CorrelatedTTest.probs(y, x, rope=0.8)[2]
            case["published_above_margin"] = float(above)
        cases.append(case)
    return cases


def holm():
    cases = [
        [0.01, 0.04, 0.03, 0.005],
        [0.5],
        [0.9, 0.8, 0.7],
        [0.02, 0.02, 0.02, 0.6, 0.0],
        [round(float(p) ** 3, 6) for p in DRAW.uniform(size=40)],
    ]
    return [[p, multipletests(p, method="holm")[1].tolist()] for p in cases]


def wilcoxon(differences, **how):
    sides = ["greater", "less", "two-sided"]
    tests = [stats.wilcoxon(differences, alternative=side, **how) for side in sides]
    return float(tests[0].statistic), [float(test.pvalue) for test in tests]


def not_rejected(differences, **how):
    """The ends of the 95 % interval: the test changes at the means of pairs only."""
    x = np.array(differences)
    i, j = np.triu_indices(len(x))
    means = np.unique((x[i] + x[j]) / 2)
    for low, high in zip(means, means[1:]):
        if stats.wilcoxon(x - (low + high) / 2, **how).pvalue > 0.05:
            break
    for upper, below in zip(means[::-1], means[-2::-1]):
        if stats.wilcoxon(x - (upper + below) / 2, **how).pvalue > 0.05:
            break
    return [float(low), float(upper)]


def signed_rank():
    cases = []
    exact = {"method": "exact"}
    normal = {"method": "asymptotic", "correction": False}
    every = {"method": stats.PermutationMethod(n_resamples=np.inf, batch=4096)}
    plain = [(n, exact) for n in [1, 2, 5, 6, 7, 20, 50]] + [(n, normal) for n in [51, 80]]
    for n, how in plain:
        # So many digits that no two sizes are equal.
        differences = sample(n, 0.2, 1.0, 12)
        statistic, p = wilcoxon(differences, **how)
        interval = not_rejected(differences, **how) if n >= 6 else None
        cases.append({"differences": differences, "statistic": statistic, "tails": p,
                      "interval": interval})
    for n, digits, how in [(8, 0, every), (13, 0, every), (15, 1, every), (90, 0, normal)]:
        differences = [x for x in sample(n, 0.3, 1.5, digits) if x != 0]
        statistic, p = wilcoxon(differences, **how)
        # Zeros are left out.
        cases.append({"differences": [0.0] + differences + [0.0, 0.0], "statistic": statistic,
                      "tails": p, "interval": None})
    return cases


def bootstrap():
    cases = []
    for runs_x, runs_y, tasks in [(5, 5, 6), (10, 7, 3), (3, 8, 20)]:
        x = np.array([sample(tasks, 0.4, 1.0, 2) for _ in range(runs_x)])
        y = np.array([sample(tasks, 0.0, 1.5, 1) for _ in range(runs_y)])
        np.random.seed(1)
        point, interval = library.get_interval_estimates(
            {"x": x}, lambda s: np.array([metrics.aggregate_iqm(s)]), reps=20000)
        better, of_better = library.get_interval_estimates(
            {"xy": (x, y)}, lambda a, b: np.array([metrics.probability_of_improvement(a, b)]),
            reps=5000)
        cases.append({
            "x": x.T.tolist(),
            "y": y.T.tolist(),
            "interquartile_mean": float(point["x"][0]),
            "interval": interval["x"][:, 0].tolist(),
            "improvement": float(better["xy"][0]),
            "improvement_interval": of_better["xy"][:, 0].tolist(),
        })
    return cases


def within(loadings, c):
    """P(max |T_i| <= c) with a known standard deviation."""
    kinds = [(l, math.sqrt(1 - l * l), loadings.count(l)) for l in sorted(set(loadings))]

    def integrand(z):
        product = mp.fp.npdf(z)
        for loading, width, groups in kinds:
            high, low = (c + loading * z) / width, (loading * z - c) / width
            product *= (mp.fp.ncdf(high) - mp.fp.ncdf(low)) ** groups
        return product

    steps = [c / l + j * w / l for l, w, _ in kinds for j in (-6, -2, 2, 6)]
    ends = sorted(x for x in [0, 1.5, 3, 4.5, 6, 9] + steps if 0 <= x <= 9)
    return 2 * mp.fp.quad(integrand, ends)


def dunnett():
    shapes = [
        ([5], 5, 4, [0.5, 2.0]),
        ([2, 2], 2, 3, [1.0, 3.9]),
        ([5, 5, 5, 5], 10, 25, [2.5]),
        ([3, 5, 8], 6, 18, [2.6]),
        ([4] * 10, 12, 41, [2.9]),
        ([5] * 3, 9, None, [0.1, 1.0, 2.3, 5.0]),
        ([5, 7, 40], 9, None, [0.5, 2.3]),
        ([300, 5], 2, None, [0.7, 2.2]),
        ([6] * 100, 60, None, [2.0, 3.3]),
        (list(range(2, 32)), 4, None, [1.5, 2.9]),
    ]
    rows = []
    for runs, control, df, cs in shapes:
        loadings = [math.sqrt(n / (n + control)) for n in runs]
        for c in cs:
            if df is None:
                p = 1 - within(loadings, c)
            else:
                norm = 2 * (df / 2) ** (df / 2) / math.gamma(df / 2)
                density = lambda s: norm * s ** (df - 1) * math.exp(-df * s * s / 2)
                spread = 1 / math.sqrt(2 * df)
                ends = sorted({max(0, 1 + steps * spread) for steps in [-9, -4, 0, 4, 9]})
                p = mp.fp.quad(lambda s: density(s) * (1 - within(loadings, c * s)), ends)
            rows.append([runs, control, df, c, float(p)])
    samples = []
    for sizes, n in [([5, 5, 5], 9), ([4, 8, 12, 6], 10)]:
        groups = [sample(m, 0.5 * i, 1.0) for i, m in enumerate(sizes)]
        control = sample(n)
        generator = np.random.default_rng(1)
        test = stats.dunnett(*map(np.array, groups), control=np.array(control), rng=generator)
        interval = test.confidence_interval(0.95)
        samples.append({
            "groups": groups, "control": control, "t": test.statistic.tolist(),
            "p": test.pvalue.tolist(), "low": interval.low.tolist(), "high": interval.high.tolist(),
        })
    return {"p_values": rows, "samples": samples}


def nct(t, df, shift):
    """AS 243 (Lenth 1989), for t at least 0."""
    t, df, shift = mp.mpf(t), mp.mpf(df), mp.mpf(shift)
    x, total = t * t / (t * t + df), mp.ncdf(-shift)
    half = shift * shift / 2
    for j in range(400):
        p = mp.exp(-half) * half**j / mp.factorial(j)
        q = shift * mp.exp(-half) * half**j / (mp.sqrt(2) * mp.gamma(j + mp.mpf(3) / 2))
        total += (p * mp.betainc(j + mp.mpf(1) / 2, df / 2, 0, x, regularized=True)
                  + q * mp.betainc(j + 1, df / 2, 0, x, regularized=True)) / 2
    return total


def noncentral():
    grid = [(t, df, shift) for df in [1, 2, 9, 60.5] for t, shift in [
        (0.5, 0.0), (2.0, 1.0), (2.0, -1.0), (12.7, 3.0), (700.0, 20.0), (4.0, 6.5)]]
    with mp.workdps(40):
        return [[t, df, shift, float(nct(t, df, shift))] for t, df, shift in grid]


def smallest(missing):
    high = 1.0
    while missing(high) < 0:
        high *= 1.5
    return optimize.brentq(missing, 0, high, xtol=1e-13, rtol=1e-14)


def power():
    one, two = TTestPower(), TTestIndPower()

    def of_one(effect, n, level):
        found = one.power(effect, n, level)
        # Below 1e-14 or so scipy has no number for the tail on the other side.
        upper = stats.nct.sf(stats.t.isf(level / 2, n - 1), n - 1, effect * math.sqrt(n))
        return float(upper if math.isnan(found) else found)

    rows = {"one": [], "two": [], "runs": [], "runs_for_half_width": []}
    for n in [2, 3, 5, 10, 30, 200]:
        for level, wanted in [(0.05, 0.8), (0.01, 0.9)]:
            effect = smallest(lambda effect: of_one(effect, n, level) - wanted)
            rows["one"].append([n, level, wanted, effect])
    for n, m in [(5, 5), (3, 9), (40, 12)]:
        effect = smallest(lambda effect: two.power(effect, n, 0.05, ratio=m / n) - 0.8)
        rows["two"].append([n, m, 0.05, 0.8, effect])
    for effect in [5.0, 1.5, 0.5, 0.2, 0.01]:
        n = 2
        if effect < 1:
            n = math.ceil(one.solve_power(effect, alpha=0.05, power=0.8))
        else:
            while of_one(effect, n, 0.05) < 0.8:
                n += 1
        rows["runs"].append([effect, n])
    for width in [3.0, 1.0, 0.3, 0.05]:
        n = 2
        while stats.t.ppf(0.975, n - 1) / math.sqrt(n) > width:
            n += 1
        rows["runs_for_half_width"].append([width, n])
    return rows


def main():
    logging.disable(logging.INFO)
    parts = [tails, quantiles, pairs, holm, signed_rank, bootstrap, dunnett, noncentral, power]
    for number, part in enumerate(parts):
        start = ",\n" if number else "{\n"
        print(f'{start}"{part.__name__}": {json.dumps(part())}', end="", flush=True)
    print("\n}")


main()
