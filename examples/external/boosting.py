"""scikit-learn's gradient boosting as a click model: how often each category was clicked, boosted.

Needs pandas, pyarrow and scikit-learn. `settings` of the table in the experiment are handed to the classifier.
"""
import json
import pathlib
import sys

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

folder = pathlib.Path(sys.argv[1])
request = json.loads((folder / "request.json").read_text())
fields = [field["name"] for field in request["fields"]]
read = lambda name: pd.read_parquet(folder / request[name]).astype(object).fillna("")
train = read("train")
encoder = TargetEncoder(target_type="binary", random_state=request["seed"])
booster = HistGradientBoostingClassifier(random_state=request["seed"], **request["settings"])
model = make_pipeline(encoder, booster).fit(train[fields], train[request["label"]])
for part, answer in zip(["valid", "test"], request["answers"]):
    scores = model.predict_proba(read(part)[fields])[:, 1]
    pd.DataFrame({"score": scores}).to_parquet(folder / answer)
