#!/usr/bin/env python3
"""Records analyses of variance of crossed seeds by statsmodels.

    python3 -m venv venv && venv/bin/pip install -r scripts/peers/requirements-verdict-components.txt
    venv/bin/python scripts/peers/verdict_components.py > tests/fixtures/verdict_components.json

Made with statsmodels 0.15.0, pandas 3.1.1, numpy 2.4.6. Draws are nested in fits, training seeds
crossed with both. Written, by case:

    levels      fits, draws of each, training seeds
    values      by fit, by draw, by training seed
    table       of anova_lm: degrees of freedom and mean square of fit, draw, train, fit × train and
                draw × train (the residual); null where it has no degrees of freedom
    variances   of the same by restricted maximum likelihood (MixedLM), of the cases where all of
                them can be told
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

TERMS = {
    "fit": "C(fit)",
    "draw": "C(fit):C(draw)",
    "train": "C(train)",
    "fit_train": "C(fit):C(train)",
}


def rows(levels, values):
    index = pd.MultiIndex.from_product([range(n) for n in levels], names=["fit", "draw", "train"])
    return pd.DataFrame({"value": values}, index=index).reset_index()


def table(data, levels):
    a, b, c = levels
    dfs = [a - 1, a * (b - 1), c - 1, (a - 1) * (c - 1), a * (b - 1) * (c - 1)]
    # A factor of one level has no contrast.
    terms = {name: term for (name, term), df in zip(TERMS.items(), dfs) if df}
    if a == 1:
        terms = {name: term.replace("C(fit):", "") for name, term in terms.items()}
    lines = []
    # Without replication the last term is the residual.
    if not dfs[4]:
        last = [name for name in terms][-1]
        terms.pop(last)
    else:
        last = "draw_train"
    found = anova_lm(smf.ols("value ~ " + " + ".join(terms.values() or ["1"]), data).fit())
    for name, df in zip([*TERMS, "draw_train"], dfs):
        line = None
        if df:
            line = found.loc["Residual" if name == last else terms[name]]
            assert round(line["df"]) == df, (name, line)
            line = {"df": df, "mean_square": line["sum_sq"] / line["df"]}
        lines.append(line)
    return lines


def variances(data):
    data = data.assign(whole=1, drawn=data.fit.astype(str) + "/" + data.draw.astype(str))
    data = data.assign(fit_train=data.fit.astype(str) + "/" + data.train.astype(str))
    factors = ["fit", "drawn", "train", "fit_train"]
    model = smf.mixedlm(
        "value ~ 1", data, groups="whole", vc_formula={f: f"0 + C({f})" for f in factors}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = model.fit(reml=True, method=["bfgs", "powell"], gtol=1e-10)
    by_name = dict(zip(model.exog_vc.names, fitted.vcomp))
    return [float(by_name[f]) for f in factors] + [float(fitted.scale)]


def main():
    rng = np.random.default_rng(9)
    cases = []
    for levels in [(4, 3, 5), (3, 1, 4), (1, 4, 3), (5, 3, 1), (1, 1, 6)]:
        a, b, c = levels
        values = (
            3.0
            + rng.normal(0, 0.9, (a, 1, 1))
            + rng.normal(0, 0.7, (a, b, 1))
            + rng.normal(0, 0.8, (1, 1, c))
            + rng.normal(0, 0.6, (a, 1, c))
            + rng.normal(0, 0.5, (a, b, c))
        ).ravel()
        data = rows(levels, values)
        case = {"levels": levels, "values": values.tolist(), "table": table(data, levels)}
        if min(levels) > 1:
            case["variances"] = variances(data)
        cases.append(case)
    json.dump(cases, sys.stdout)
    print()


if __name__ == "__main__":
    main()
