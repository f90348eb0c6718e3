"""golden/metrics: random cases for the classification and correlation metrics, by scikit-learn and SciPy.

Case i owns the values [offsets[i], offsets[i+1]) of the flattened inputs. Macro F1 averages over the classes that occur among
the labels or the predictions of the case. Where a metric is 0/0 (no positive class; constant predictions or labels), the stored
value is 0 for F1 and Matthews, NaN for the correlations.
"""
import warnings

import numpy as np
from safetensors.numpy import save_file
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

from golden import directory

CASES = 1000


def classification(random, index):
    """Binary for even cases, 3 to 6 classes for odd; some cases agree well, some not at all, a few are constant."""
    classes = 2 if index % 2 == 0 else int(random.integers(3, 7))
    count = int(random.integers(1, 30))
    labels = random.integers(0, classes, count)
    agreement = random.uniform()
    predictions = np.where(random.uniform(size=count) < agreement, labels, random.integers(0, classes, count))
    if index % 20 < 2:
        predictions[:] = random.integers(0, classes)
    if index % 50 < 2:
        labels[:] = random.integers(0, classes)
    return classes, labels, predictions


def regression(random, index):
    """Every third case has few distinct values, so that ranks tie; a few are constant."""
    count = int(random.integers(2, 30))
    labels = random.normal(2.5, 1.5, count)
    predictions = random.uniform(-1, 1) * labels + random.normal(0, 1, count)
    if index % 3 == 0:
        labels, predictions = np.round(labels), np.round(predictions)
    if index % 40 == 5:
        predictions[:] = 1.25
    return labels.astype(np.float32).astype(np.float64), predictions.astype(np.float32).astype(np.float64)


def flat(name, cases):
    """Inputs of all cases one after the other, with the offsets of the cases."""
    labels, predictions = zip(*cases)
    offsets = np.cumsum([0] + [len(case) for case in labels])
    return {name + ".offsets": offsets, name + ".labels": np.concatenate(labels), name + ".predictions": np.concatenate(predictions)}


def main():
    random = np.random.default_rng(71)
    warnings.simplefilter("ignore")
    cases = [classification(random, index) for index in range(CASES)]
    classes = np.array([case[0] for case in cases])
    pairs = [case[1:] for case in cases]
    golden = flat("classification", pairs) | {
        "classification.classes": classes,
        "accuracy": np.array([accuracy_score(*pair) for pair in pairs]),
        "f1.binary": np.array([f1_score(*pair, zero_division=0) for pair, n in zip(pairs, classes) if n == 2]),
        "f1.macro": np.array([f1_score(*pair, average="macro", zero_division=0) for pair in pairs]),
        "matthews": np.array([matthews_corrcoef(*pair) for pair in pairs])}
    golden = {key: value.astype(np.int32) if value.dtype.kind == "i" else value for key, value in golden.items()}
    values = [regression(random, index) for index in range(CASES)]
    correlated = flat("regression", values)
    golden |= {key: value.astype(np.int32 if "offsets" in key else np.float32) for key, value in correlated.items()}
    golden |= {"pearson": np.array([pearsonr(*pair)[0] for pair in values]), "spearman": np.array([spearmanr(*pair)[0] for pair in values])}
    path = directory("metrics")
    save_file(golden, path / "golden.safetensors")
    for key in ("accuracy", "f1.binary", "f1.macro", "matthews", "pearson", "spearman"):
        print(f"  {key}: {len(golden[key])} cases, {np.isnan(golden[key]).sum()} NaN, {(golden[key] == 0).sum()} zero")


if __name__ == "__main__":
    main()
