"""golden/*-tagging: token classifiers of Transformers, plainly and with gradients stopped by hooks; golden/tagging-words:
how its tokenizers read sentences that are split into words."""
import json

import torch
from transformers import (BertConfig, BertForTokenClassification, BertTokenizer, RobertaConfig,
                          RobertaForTokenClassification, RobertaTokenizer)

from golden import IGNORED, ROOT, check, directory, exact, gradients, load_double, ragged, save, save_model
from make_others import file_names
from make_others_tokentune import bert_like, stop_stack

LENGTHS = [13, 7, 10, 4]
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
SMALL = dict(vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
             hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, id2label=dict(enumerate(LABELS)),
             label2id={label: i for i, label in enumerate(LABELS)})
CASES = {
    "bert": (BertForTokenClassification, BertConfig(**SMALL, max_position_embeddings=24), 81, 0),
    "roberta": (RobertaForTokenClassification, RobertaConfig(**SMALL, max_position_embeddings=26, pad_token_id=1), 82, 1),
}
SENTENCES = [["Wolfgang", "lives", "in", "Berlin", "."], ["don't", "U.N.", "naïve", "Grüße", "日本語", "3.14"],
             ["a"], ["unbelievable", "w-o-r-d", "(", "x", ")"], ["longer", "sentence", "with", "many", "more", "words", "in", "it"]]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "wolf", "##gang", "live", "##s", "in", "ber", "##lin", ".", "don",
              "'", "t", "u", "n", "na", "##ive", "gru", "##ße", "日", "本", "語", "3", "14", "a", "un", "##believ", "##able", "w",
              "-", "o", "r", "d", "(", ")", "x", "long", "##er", "sentence", "with", "many", "more", "words", "it"]


def labelled(seed, pad):
    """A label at about two thirds of the tokens between the first and the last, none elsewhere."""
    ids, mask = ragged(LENGTHS, vocabulary=60, seed=seed, pad=pad)
    generator = torch.Generator().manual_seed(seed + 1)
    labels = torch.randint(0, len(LABELS), ids.shape, generator=generator)
    bears = (torch.rand(ids.shape, generator=generator) < 0.67) & (mask == 1)
    bears[:, 0] = False
    for row, length in enumerate(LENGTHS):
        bears[row, 1] = True
        bears[row, length - 1] = False
    return {"input_ids": ids, "attention_mask": mask, "labels": torch.where(bears, labels, IGNORED)}


def select(inputs, seed):
    """About 30 % of the real tokens of every row, and one that has a label."""
    generator = torch.Generator().manual_seed(seed)
    mask = inputs["attention_mask"]
    selected = (torch.rand(mask.shape, generator=generator) < 0.22) & (mask == 1)
    selected[:, 1] = True
    return selected


def tuned(model, inputs, selected):
    """Transformers' loss of the selected tokens alone, gradients of the others stopped."""
    stack = model.bert if hasattr(model, "bert") else model.roberta
    hooks = stop_stack(stack.encoder.layer, bert_like, selected)
    with exact():
        result = model(**(inputs | {"labels": torch.where(selected, inputs["labels"], IGNORED)}))
    found = gradients(result.loss, model_names(model), "")
    for hook in hooks:
        hook.remove()
    return result, found


def model_names(model):
    return dict(model.named_parameters())


def models():
    for name, (model_class, config, seed, pad) in CASES.items():
        path = save_model(model_class(config), name + "-tagging", seed)
        model = load_double(model_class, path)
        inputs = labelled(seed + 100, pad)
        selected = select(inputs, seed + 200)
        with exact():
            plain = model(**inputs)
        full = gradients(plain.loss, model_names(model), "")
        print(name, sorted(file_names(model, path)) == sorted(model_names(model)), f"{selected.sum() / sum(LENGTHS):.2f} selected")
        everything = tuned(model, inputs, inputs["attention_mask"] == 1)[1]
        check("all selected", everything, full)
        result, some = tuned(model, inputs, selected)
        check("forward value", result.logits, plain.logits)
        save(path, inputs | {"selected": selected.long(), "logits": plain.logits, "loss": plain.loss,
                             "tokentune.loss": result.loss}
             | {"grad." + key: value for key, value in full.items()}
             | {"grad.tokentune." + key: value for key, value in some.items()})


def words():
    path = directory("tagging-words")
    bert = path / "bert"
    bert.mkdir()
    (bert / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    (bert / "config.json").write_text(json.dumps({"model_type": "bert"}))
    source = ROOT / "tokenizer-roberta"
    tokenizers = {
        "bert": BertTokenizer(vocab=str(bert / "vocab.txt"), do_lower_case=True),
        "roberta": RobertaTokenizer(vocab=str(source / "vocab.json"), merges=str(source / "merges.txt"),
                                    add_prefix_space=True)}
    cases = []
    for name, tokenizer in tokenizers.items():
        for limit in (64, 9):
            for sentence in SENTENCES:
                found = tokenizer(sentence, is_split_into_words=True, truncation=True, max_length=limit)
                owners = found.word_ids(0)
                first = [owner if owner is not None and owner not in owners[:i] else -1 for i, owner in enumerate(owners)]
                cases.append({"tokenizer": name, "limit": limit, "words": sentence, "ids": found["input_ids"], "first": first})
    (path / "expected.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1))
    print(cases[1], sum(file.stat().st_size for file in path.rglob("*") if file.is_file()))


if __name__ == "__main__":
    models()
    words()
