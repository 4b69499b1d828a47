"""Records the beta distribution by scipy: its fits, its distribution function and its quantiles.

    pip install -r scripts/peers/requirements-marginals.txt
    python scripts/peers/marginals.py > tests/fixtures/marginals.json

Written:

    fits          samples as `unit * (first + i)` with `counts[i]` rows; the a and b of
                  beta.fit(x, loc=min, scale=max-min), as SDV's Gaussian copula calls it; `ends`,
                  its support widened to at least `half_gap` beyond the smallest and the largest
                  value, and the `log_likelihood` of that. As fitted, scipy's density is often
                  infinite at an end, or 0 at a value (`log_likelihood_as_fitted`).
                  `bounded`: the greatest log likelihood that scipy.optimize finds under that
                  bound, with shapes up to 1e5, from several starts
    tails         a, b, y, 1 - y, and the probabilities below and above y, by mpmath with 40 digits
    quantiles     a, b, u, and the value with probability u below it (scipy.special.betaincinv)
    special       x, the trigamma function, and ln Gamma less Stirling's formula, by mpmath
    normal        z, the standard normal probability below it (mpmath)
"""

import json
import warnings

import mpmath
import numpy as np
from scipy import optimize, special, stats

mpmath.mp.dps = 40
NEGLIGIBLE = mpmath.mpf(10) ** -38
# As in ours.
GREATEST_SHAPE, GREATEST_REACH = 1e5, 1e5
NELDER_MEAD = {"maxiter": 2000, "maxfev": 2000, "xatol": 1e-9, "fatol": 1e-15, "adaptive": True}
warnings.filterwarnings("ignore")


def samples():
    """Quantiles of a distribution at (i - 1/2) / n, rounded to a unit: no seed is needed."""

    def at(n):
        return (np.arange(n) + 0.5) / n

    yield "skewed", 0.001, stats.beta.ppf(at(5000), 2.0, 5.0)
    yield "bell", 0.001, 10 * stats.beta.ppf(at(5000), 8.0, 6.0) - 3
    yield "u-shaped ids", 1.0, 957 + 4081 * stats.beta.ppf(at(20000), 0.48, 0.84)
    yield "j-shaped", 1.0, 300 * stats.beta.ppf(at(4000), 0.6, 2.5)
    yield "uniform", 1.0, np.arange(1.0, 401.0).repeat(5)
    yield "nearly normal", 0.01, stats.norm.ppf(at(4000), 50.0, 1.0)
    yield "few values", 1.0, np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], [60, 110, 270, 340, 220])
    yield "two values", 1.0, np.repeat([0.0, 1.0], [700, 300])
    yield "geometric counts", 1.0, stats.geom.ppf(at(4000), 0.15)
    yield "heavy tail", 1.0, np.round(stats.pareto.ppf(at(3000), 1.2))
    yield "mostly zero", 1.0, np.concatenate([np.zeros(2700), np.arange(1.0, 301.0)])
    yield "heavy on both sides", 0.1, stats.t.ppf(at(3000), 3.0)


def bounded(x, counts, half_gap, starts):
    """The greatest log likelihood, and where, with the support half a gap beyond x at least."""
    low, high = x.min(), x.max()
    width = high - low
    ends = (np.log(half_gap / width), np.log(GREATEST_REACH))
    shapes = (np.log(1e-3), np.log(GREATEST_SHAPE))
    bounds = [ends, ends, shapes, shapes]

    places, rest, shares = (x - low) / width, (high - x) / width, counts / counts.sum()

    def loss(theta):
        p, q, a, b = np.exp(theta)
        ln_y, ln_w = shares @ np.log(places + p), shares @ np.log(rest + q)
        ln_density = (a - 1) * ln_y + (b - 1) * ln_w - (a + b - 1) * np.log(1 + p + q)
        return special.betaln(a, b) - ln_density

    best = None
    for start in starts:
        theta = np.clip(np.log(start), *np.transpose(bounds))
        for _ in range(2):
            theta = optimize.minimize(loss, theta, method="L-BFGS-B", bounds=bounds).x
            found = optimize.minimize(
                loss, theta, method="Nelder-Mead", bounds=bounds, options=NELDER_MEAD
            )
            theta = found.x
        if best is None or found.fun < best.fun:
            best = found
    p, q, a, b = np.exp(best.x)
    ln_density = stats.beta.logpdf(x, a, b, low - p * width, (1 + p + q) * width)
    return {
        "log_likelihood": float((counts * ln_density).sum()),
        "a": float(a),
        "b": float(b),
        "ends": [float(low - p * width), float(high + q * width)],
    }


def fit(name, unit, x):
    codes = np.rint(x / unit).astype(int)
    first, counts = int(codes.min()), np.bincount(codes - codes.min())
    x = codes * unit
    distinct = np.unique(codes)
    half_gap = 0.5 * unit * float(np.diff(distinct).min())
    a, b, loc, scale = stats.beta.fit(x, loc=x.min(), scale=x.max() - x.min())
    low, high = min(loc, x.min() - half_gap), max(loc + scale, x.max() + half_gap)
    reach = [(x.min() - low) / np.ptp(x), (high - x.max()) / np.ptp(x)]
    starts = [[*reach, a, b], [0.01, 0.01, 1, 1], [1, 1, 10, 10]]
    starts += [[0.01, 100, 1, 1000], [1e3, 0.1, 1e4, 2], [100, 100, 1e4, 1e4]]
    held = np.flatnonzero(counts)
    own = stats.beta.logpdf(x, a, b, loc, scale).sum()
    return {
        "name": name,
        "unit": unit,
        "first": first,
        "counts": counts.tolist(),
        "half_gap": half_gap,
        "a": float(a),
        "b": float(b),
        "ends": [float(low), float(high)],
        "log_likelihood": float(stats.beta.logpdf(x, a, b, low, high - low).sum()),
        "log_likelihood_as_fitted": str(own),
        "bounded": bounded((first + held) * unit, counts[held], half_gap, starts),
    }


SHAPES = [(0.05, 0.05), (0.05, 30), (0.48, 0.84), (0.6, 2.5), (1, 1), (1, 3), (2, 5), (8, 6)]
SHAPES += [(0.5, 400), (40, 60), (900, 1100), (3, 1e5), (1e5, 1e5), (1e5, 2e4)]


def tail(a, b, y):
    """Probabilities below and above a double y: the density integrated by mpmath's series."""
    ya, yb = mpmath.mpf(y), 1 - mpmath.mpf(y)

    def below(a, b, y):
        a, b = mpmath.mpf(a), mpmath.mpf(b)
        term, total, k = mpmath.mpf(1), mpmath.mpf(1), 0
        while term > total * NEGLIGIBLE:
            term *= (a + b + k) / (a + 1 + k) * y
            total, k = total + term, k + 1
        front = a * mpmath.log(y) + b * mpmath.log1p(-y) - mpmath.log(a)
        front -= mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)
        return mpmath.exp(front) * total

    if ya < mpmath.mpf(a) / (a + b):
        lower = below(a, b, ya)
        upper = 1 - lower
    else:
        upper = below(b, a, yb)
        lower = 1 - upper
    return [a, b, y, float(yb), float(lower), float(upper)]


tails, quantiles = [], []
for a, b in SHAPES:
    mean, deviation = stats.beta.mean(a, b), stats.beta.std(a, b)
    points = [mean + k * deviation for k in (-7, -3, -1, -0.3, 0, 0.4, 1, 2.5, 6)]
    points += [1e-12, 1e-4, 0.03, 0.999]
    for y in sorted(float(y) for y in points if 0 < y < 1):
        row = tail(a, b, y)
        if min(row[4:]) > 1e-280:
            tails.append(row)
    for u in (1e-12, 1e-6, 0.001, 0.1, 0.3, 0.5, 0.77, 0.95, 0.9999):
        quantiles.append([a, b, u, float(special.betaincinv(a, b, u))])

special_values = []
for x in (1e-3, 0.05, 0.3, 0.48, 1, 1.7, 4, 11.99, 12.01, 50, 1e3, 1e5, 2e5):
    m = mpmath.mpf(x)
    stirling = (m - 0.5) * mpmath.log(m) - m + mpmath.log(2 * mpmath.pi) / 2
    special_values.append([x, float(mpmath.psi(1, m)), float(mpmath.loggamma(m) - stirling)])

normal = [[z, float(mpmath.ncdf(z))] for z in (-37, -20, -8, -5, -3, -1, -0.1, 0, 0.2, 1.5)]

rows = {
    "fits": [fit(*sample) for sample in samples()],
    "tails": tails,
    "quantiles": quantiles,
    "special": special_values,
    "normal": normal,
}
print("{")
for key, values in rows.items():
    lines = ",\n".join("  " + json.dumps(value, separators=(",", ":")) for value in values)
    print(f' "{key}": [\n{lines}\n ]' + ("" if key == "normal" else ","))
print("}")
