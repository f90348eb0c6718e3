"""golden/entities: random sequences of tags, many against their scheme, and what seqeval counts in them by default.

Needs seqeval (1.2, from its repository) on the path; what it counts is also checked against a second counting below, written from
the definition of the shared tasks' script conlleval. A case is one or more sentences, flattened; `lengths` are those of the
sentences, `cases` how many sentences a case has. Tags are numbers into TAGS.
"""
import warnings

import numpy as np
from safetensors.numpy import save_file
from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities

from golden import directory

TYPES = ["PER", "LOC", "MISC-X"]
TAGS = ["O"] + [kind + "-" + name for name in TYPES for kind in "BIES"] + list("BIES")
IOB = [i for i, tag in enumerate(TAGS) if tag[0] in "OBI" and len(tag) > 1 or tag == "O"]
TYPED = [i for i, tag in enumerate(TAGS) if len(tag) > 1 or tag == "O"]
CASES = 1500


def sentence(random, alphabet):
    length = int(random.integers(1, 9))
    outside = random.uniform(0, 0.7)
    return [0 if random.uniform() < outside else int(random.choice(alphabet)) for _ in range(length)]


def case(random, index):
    """A third IOB, a third with E and S, a third with tags that have no type as well; predictions agree more or less."""
    alphabet = [IOB, TYPED, list(range(len(TAGS)))][index % 3]
    expected = [sentence(random, alphabet) for _ in range(int(random.integers(1, 3)))]
    agreement = random.uniform(0.3, 1)
    predicted = [[tag if random.uniform() < agreement else int(random.choice(alphabet)) for tag in tags] for tags in expected]
    return expected, predicted


def by_definition(tags):
    """conlleval, told as a machine that reads tags one by one and has at most one entity open."""
    found, opened = [], None
    last_kind, last_type = "O", None
    for at, tag in enumerate(tags + ["O"]):
        kind, _, name = tag.partition("-")
        name = name or "_"
        ends = last_kind != "O" and (kind == "O" or kind in "BS" or last_kind in "ES" or name != last_type)
        starts = kind != "O" and (last_kind == "O" or ends)
        if ends:
            found.append((last_type, opened, at - 1))
        if starts:
            opened = at
        last_kind, last_type = kind, name
    return found


def main():
    warnings.simplefilter("ignore")
    random = np.random.default_rng(91)
    cases = [case(random, index) for index in range(CASES)]
    scores, counts = [], []
    for expected, predicted in cases:
        named = [[[TAGS[tag] for tag in tags] for tags in sentences] for sentences in (expected, predicted)]
        entities = [{(i, *entity) for i, tags in enumerate(side) for entity in get_entities(tags)} for side in named]
        ours = [{(i, *entity) for i, tags in enumerate(side) for entity in by_definition(tags)} for side in named]
        assert entities == ours, (named, entities, ours)
        counts.append([len(entities[0]), len(entities[1]), len(entities[0] & entities[1])])
        scores.append([accuracy_score(*named), precision_score(*named), recall_score(*named), f1_score(*named)])
    sentences = [tags for expected, _ in cases for tags in expected]
    golden = {
        "cases": np.array([len(expected) for expected, _ in cases], dtype=np.int32),
        "lengths": np.array([len(tags) for tags in sentences], dtype=np.int32),
        "expected": np.array([tag for tags in sentences for tag in tags], dtype=np.uint8),
        "predicted": np.array([tag for _, predicted in cases for tags in predicted for tag in tags], dtype=np.uint8),
        "counts": np.array(counts, dtype=np.int32), "scores": np.array(scores)}
    path = directory("entities")
    save_file(golden, path / "golden.safetensors")
    (path / "tags.txt").write_text("\n".join(TAGS) + "\n")
    print(f"{CASES} cases, {len(golden['expected'])} words, {golden['counts'][:, 0].sum()} entities,"
          f" {sum(file.stat().st_size for file in path.iterdir())} bytes; mean scores {golden['scores'].mean(0)}")


if __name__ == "__main__":
    main()
