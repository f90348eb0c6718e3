"""golden/choices: log-likelihoods of answers to choose from, each by one plain forward pass of the llama in golden.

Prompts are worded, cut and scored here from the definitions of the sets, answer by answer, without batches or caches.
"""
import json
import re

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaForCausalLM

from golden import ROOT, directory, exact, load_double

POSITIONS = 64
ARC = [
    {"id": "a1", "question": {"stem": "What do cats eat?", "choices": [
        {"text": "fish", "label": "A"}, {"text": "old stones", "label": "B"}, {"text": "tea", "label": "C"}]},
     "answerKey": "A"},
    {"id": "a2", "question": "What is hot?", "choices": {
        "text": ["a cold day", "ice", "the sun", "café au lait"], "label": ["1", "2", "3", "4"]}, "answerKey": "3"},
    {"id": "a3", "question": "Where do fish live?", "choices": {
        "text": ["in the sea", "in the sun", "in a tea cup", "on a stone"], "label": ["A", "B", "C", "D"]},
     "answerKey": "A"},
]
HELLASWAG = [
    {"activity_label": "Tea", "ctx_a": "A cat sits on a stone.", "ctx_b": "the Cat", "label": 1,
     "endings": ["eats the stone.", "sees a fish in the sea.", "is ice.", "heats the sun."]},
    {"activity_label": "Heat", "ctx_a": " [header] The tea [title] Heat it.", "ctx_b": "", "label": "2",
     "endings": ["[step] It is ice.", "It lives in the  sea. [substeps] Cats eat it.", "It is hot.",
                 "The sun eats it."]},
]
WINOGRANDE = [
    {"sentence": "The fish did not eat the stone because the _ was too cold.", "option1": "fish",
     "option2": "old stone", "answer": "2"},
    {"sentence": "The sun heats the ice and the _ is not cold.", "option1": "ice", "option2": "sun", "answer": "1"},
    {"sentence": "_ is the tea.", "option1": "Hot", "option2": "Old", "answer": "1"},
]
MMLU_DEV = [
    {"question": "Fish live in the", "subject": "sea_life", "choices": ["sun", "sea", "tea", "ice"], "answer": 1},
    {"question": "Ice is", "subject": "heat", "choices": ["cold", "hot", "old", "a cat"], "answer": "A"},
    {"question": "Cats eat", "subject": "sea_life", "choices": ["tea", "sun", "fish", "ice"], "answer": 2},
    {"question": "The sun is", "subject": "heat", "choices": ["ice", "cold", "hot", "tea"], "answer": "C"},
]
MMLU = [
    {"question": " What heats the sea? ", "subject": "heat", "choices": ["ice", "the sun", "a fish", "a cat"],
     "answer": 1},
    {"question": "What is in the sea?", "subject": "sea_life", "choices": ["fish", "tea", "the sun", "heat"],
     "answer": "A"},
]
TRUTHFULQA = [
    {"question": "Is the sun cold?", "mc2_targets": {
        "choices": ["It is hot", "The sun is hot", "It is ice", "The sun is old tea"], "labels": [1, 1, 0, 0]}},
    {"question": "Do stones eat?", "mc2_targets": {"They do not": 1, "They eat fish": 0, "They do": 0}},
]
CHOICES = [
    {"context": "cat (noun): ", "choices": ["it eats fish", "ice", "old tea in a cup"], "answer": 0},
    {"context": "", "choices": ["The sea", "Cats", "naïve café"], "answer": 2},
    {"context": "stone\n", "choices": ["cold", "a hot, hot day in the sun"], "answer": "1"},
]
PREAMBLE = "These are about {subject}."
FILES = {"arc": ARC, "hellaswag": HELLASWAG, "winogrande": WINOGRANDE, "mmlu": MMLU, "mmlu-dev": MMLU_DEV,
         "truthfulqa": TRUTHFULQA, "choices": CHOICES}
CASES = [
    {"name": "arc", "task": "arc", "data": "arc"},
    {"name": "arc, 2 shots", "task": "arc", "data": "arc", "shots": 2, "shotData": "arc"},
    {"name": "arc without bos", "task": "arc", "data": "arc", "bos": False},
    {"name": "hellaswag", "task": "hellaswag", "data": "hellaswag"},
    {"name": "hellaswag, 1 shot", "task": "hellaswag", "data": "hellaswag", "shots": 1, "shotData": "hellaswag"},
    {"name": "winogrande", "task": "winogrande", "data": "winogrande"},
    {"name": "winogrande, 1 shot", "task": "winogrande", "data": "winogrande", "shots": 1, "shotData": "winogrande"},
    {"name": "mmlu", "task": "mmlu", "data": "mmlu"},
    {"name": "mmlu, 2 shots", "task": "mmlu", "data": "mmlu", "shots": 2, "shotData": "mmlu-dev", "preamble": PREAMBLE},
    {"name": "truthfulqa", "task": "truthfulqa", "data": "truthfulqa", "preamble": "Q: Is ice hot?\nA: It is cold.\n"},
    {"name": "choices", "task": "choices", "data": "choices"},
    {"name": "choices without bos", "task": "choices", "data": "choices", "bos": False},
]
METRICS = {"arc": ["acc", "acc_norm", "acc_bytes"], "hellaswag": ["acc", "acc_norm", "acc_bytes"],
           "winogrande": ["acc"], "mmlu": ["acc"], "truthfulqa": ["mc2"],
           "choices": ["acc", "acc_norm", "acc_bytes", "mc2"]}


def train_tokenizer(path):
    """Byte pairs over the letters that occur, as many as the tiny model has words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=96, special_tokens=["<pad>", "<s>", "</s>"], show_progress=False)
    words = "Question: Answer: Q: A: A. B. C. D.\n\n" + PREAMBLE
    tokenizer.train_from_iterator([text(rows) for rows in FILES.values()] + [words] * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 1)])
    tokenizer.save(str(path / "tokenizer.json"))
    (path / "tokenizer_config.json").write_text('{"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}\n')
    assert tokenizer.get_vocab_size() == 96
    return tokenizer


def text(node):
    """All texts of a JSON value, one a line; keys too, as some are answers."""
    if isinstance(node, dict):
        return "\n".join(f"{key}\n{text(value)}" for key, value in node.items())
    if isinstance(node, list):
        return "\n".join(map(text, node))
    return str(node)


def clean(string):
    return re.sub(r"\[.*?\]", "", string.strip().replace(" [title]", ". ")).replace("  ", " ")


def question(task, row):
    """Contexts, answers, and which of them are right."""
    if task == "arc":
        nested = isinstance(row["question"], dict)
        stem = row["question"]["stem"] if nested else row["question"]
        texts = [c["text"] for c in row["question"]["choices"]] if nested else row["choices"]["text"]
        labels = [c["label"] for c in row["question"]["choices"]] if nested else row["choices"]["label"]
        return [f"Question: {stem}\nAnswer:"] * len(texts), texts, [label == row["answerKey"] for label in labels]
    if task == "hellaswag":
        scene = clean(row["activity_label"] + ": " + row["ctx_a"] + " " + row["ctx_b"].capitalize())
        return [scene] * 4, [clean(ending) for ending in row["endings"]], [i == int(row["label"]) for i in range(4)]
    if task == "winogrande":
        before, after = row["sentence"].split("_")
        contexts = [before + row["option1"], before + row["option2"]]
        return contexts, [after.strip()] * 2, [row["answer"] == "1", row["answer"] == "2"]
    if task == "mmlu":
        context = row["question"].strip() + "".join(
            f"\n{letter}. {choice}" for letter, choice in zip("ABCD", row["choices"])) + "\nAnswer:"
        right = "ABCD".index(row["answer"]) if isinstance(row["answer"], str) else row["answer"]
        return [context] * 4, list("ABCD"), [i == right for i in range(4)]
    if task == "truthfulqa":
        targets = row["mc2_targets"]
        texts, labels = (targets["choices"], targets["labels"]) if "choices" in targets else zip(*targets.items())
        return [f"Q: {row['question']}\nA:"] * len(texts), list(texts), [label == 1 for label in labels]
    count = len(row["choices"])
    return [row["context"]] * count, row["choices"], [i == int(row["answer"]) for i in range(count)]


def examples(case, row):
    """The first other questions of the same subject, solved."""
    count = case.get("shots", 0)
    pool = [other for other in FILES[case["shotData"]] if other != row] if count else []
    pool = [other for other in pool if other.get("subject") == row.get("subject")][:count]
    assert len(pool) == count
    solved = []
    for other in pool:
        contexts, answers, right = question(case["task"], other)
        solved.append(contexts[right.index(True)] + " " + answers[right.index(True)] + "\n\n")
    return "".join(solved)


def log_likelihood(model, tokenizer, context, answer, bos):
    answer = " " + answer
    stripped = context.rstrip()
    answer, context = context[len(stripped):] + answer, stripped

    def encode(string):
        return tokenizer.encode(string, add_special_tokens=False).ids

    whole, start = encode(context + answer), len(encode(context))
    if bos:
        whole, start = [1] + whole, start + 1
    elif start == 0:
        whole, start = [2] + whole, 1
    scored = len(whole) - start
    whole = whole[-(POSITIONS + 1):]
    with exact(), torch.no_grad():
        logits = model(torch.tensor([whole[:-1]])).logits[0]
    logs = torch.log_softmax(logits, -1)[-scored:]
    return sum(logs[i, token].item() for i, token in enumerate(whole[-scored:])), len(whole) > POSITIONS


def score(metric, lls, answers, right):
    if metric == "mc2":
        probabilities = torch.tensor(lls).double().exp()
        return (probabilities[torch.tensor(right)].sum() / probabilities.sum()).item()
    lengths = {"acc": [1] * len(lls), "acc_norm": [len(a) for a in answers],
               "acc_bytes": [len(a.encode()) for a in answers]}[metric]
    normed = [ll / length for ll, length in zip(lls, lengths)]
    return float(right[normed.index(max(normed))])


def run(case, model, tokenizer):
    rows, scores, cut = [], {metric: [] for metric in METRICS[case["task"]]}, 0
    for row in FILES[case["data"]]:
        contexts, answers, right = question(case["task"], row)
        before = case.get("preamble", "").strip().replace("{subject}", row.get("subject", "").replace("_", " "))
        before = (before + "\n\n" if before else "") + examples(case, row)
        results = [log_likelihood(model, tokenizer, before + context, answer, case.get("bos", True))
                   for context, answer in zip(contexts, answers)]
        lls = [result[0] for result in results]
        cut += any(result[1] for result in results)
        rows.append(lls)
        for metric, values in scores.items():
            values.append(score(metric, lls, answers, right))
    print(f"  {case['name']}: {cut} of {len(rows)} questions cut, {scores}")
    means = {metric: sum(values) / len(values) for metric, values in scores.items()}
    return case | {"logLikelihoods": rows, "scores": means}, cut


def main():
    path = directory("choices")
    for name, rows in FILES.items():
        (path / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    tokenizer = train_tokenizer(path)
    model = load_double(LlamaForCausalLM, ROOT / "llama")
    results, cuts = zip(*(run(case, model, tokenizer) for case in CASES))
    assert 0 < sum(map(bool, cuts)) < len(cuts), "some prompts must be too long, and some not"
    (path / "expected.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
