#!/usr/bin/env python3
"""Records the t confidence sequence by numerical integration of its likelihood ratio.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-verdict-sequential.txt
    venv/bin/python scripts/peers/verdict_sequential.py > tests/fixtures/verdict_sequential.json

Made with numpy 2.4.6 and scipy 1.17.1. No formula of the sequence is used: values of which nothing
but the ratios to each other matters have, for a mean of `effect` standard deviations, the density

    ∫ sd^(-n-1) exp(-Σ(x - effect sd)² / 2 sd²) d sd

up to a factor without `effect`. It is integrated by trapezoids for effects drawn from N(0, 1/mixing),
and divided by that of effect 0. Written, by case:

    mean, sd, n           of the values (sd of denominator n - 1)
    confidence, mixing
    ratio                 for the values as they are
    half_width            where the ratio for the values less mean + half_width is 1 / (1 - confidence);
                          null where it stays below that however far one goes
"""

import json
import sys

import numpy as np
from scipy.optimize import brentq

# The integrands are analytic and vanish at both ends, where trapezoids are exact to rounding.
LOG_SD, STEP = np.linspace(-4, 14, 4001, retstep=True)


def density(sum_of_squares, total, n, effect):
    """By `effect`, the integral over the sd, in its logarithm about that of the sum of squares."""
    inverse = np.exp(-LOG_SD)
    ratio = total / np.sqrt(sum_of_squares / n)
    logarithm = -n * LOG_SD - n * inverse**2 / 2 + ratio * effect[:, None] * inverse
    return np.exp(logarithm - n * effect[:, None] ** 2 / 2).sum(1) * STEP


def likelihood_ratio(mean, sd, n, mixing):
    sum_of_squares, total = (n - 1) * sd**2 + n * mean**2, n * mean
    effect, step = np.linspace(-9, 9, 2001, retstep=True)
    effect, step = effect / np.sqrt(mixing), step / np.sqrt(mixing)
    weight = np.sqrt(mixing / (2 * np.pi)) * np.exp(-mixing * effect**2 / 2) * step
    mixed = weight @ density(sum_of_squares, total, n, effect)
    return mixed / density(sum_of_squares, total, n, np.zeros(1))[0]


def case(mean, sd, n, confidence, mixing):
    def excess(distance):
        return np.log(likelihood_ratio(distance, sd, n, mixing) * (1 - confidence))

    half_width = None
    if excess(1000 * sd) > 0:
        half_width = brentq(excess, 0, 1000 * sd, xtol=1e-15, rtol=1e-14)
    return {
        "mean": mean,
        "sd": sd,
        "n": n,
        "confidence": confidence,
        "mixing": mixing,
        "ratio": likelihood_ratio(mean, sd, n, mixing),
        "half_width": half_width,
    }


def main():
    settings = [
        (0.05, 0.04, 3, 0.95, 1.0),
        (0.05, 0.04, 3, 0.95, 0.1),
        (-0.02, 0.03, 5, 0.95, 1.0),
        (0.07, 0.08, 12, 0.95, 1.0),
        (0.01, 0.05, 12, 0.9, 3.0),
        (0.03, 0.06, 30, 0.99, 0.5),
    ]
    json.dump([case(*each) for each in settings], sys.stdout)
    print()


if __name__ == "__main__":
    main()
