"""golden/tokenizer-*: byte-level BPE as older checkpoints carry it (vocab.json, merges.txt), and what Transformers makes of texts."""
import json

from tokenizers import AddedToken, ByteLevelBPETokenizer
from transformers import BartTokenizer, GPT2Tokenizer, RobertaTokenizer

from golden import ROOT, directory

TEXTS = ["The cat sat on the mat.", " leading space", "Grüße, naïve café — 日本語 🙂", "don't  double  spaces\n\ttabs", "x", "",
         "numbers 12345 and 3.14", "<mask> at the start", "and in the <mask> middle", "trailing space "]
PAIRS = [("a first sentence", "and a second one"), ("", "only the second"), ("café", "naïve")]
CORPUS = [line for line in (ROOT.parent.parent / "python" / "README.md").read_text().splitlines() if line] * 3 + TEXTS * 5
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def vocabulary(path):
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(CORPUS, vocab_size=600, special_tokens=SPECIAL, show_progress=False)
    trained.save_model(str(path))


def main():
    for kind in ("roberta", "bart", "opt"):
        path = directory("tokenizer-" + kind)
        vocabulary(path)
        files = dict(vocab=str(path / "vocab.json"), merges=str(path / "merges.txt"))
        if kind == "opt":
            tokenizer = GPT2Tokenizer(**files, bos_token="</s>", eos_token="</s>", unk_token="</s>", pad_token="<pad>",
                                      add_bos_token=True)
            config = {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "add_prefix_space": False,
                      "bos_token": "</s>", "eos_token": "</s>", "unk_token": "</s>", "pad_token": "<pad>"}
        else:
            tokenizer = {"roberta": RobertaTokenizer, "bart": BartTokenizer}[kind](
                **files, mask_token=AddedToken("<mask>", lstrip=True, special=True))  # as published files have it
            config = {"tokenizer_class": kind.capitalize() + "Tokenizer"}
        (path / "config.json").write_text(json.dumps({"model_type": kind}))
        (path / "tokenizer_config.json").write_text(json.dumps(config))
        cases = [{"text": text, "pair": None, "ids": tokenizer(text)["input_ids"]} for text in TEXTS]
        cases += [{"text": a, "pair": b, "ids": tokenizer(a, b)["input_ids"]} for a, b in PAIRS]
        (path / "expected.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1))
        print(kind, cases[0], cases[-1], sum(f.stat().st_size for f in path.iterdir()))
        print(tokenizer.backend_tokenizer.post_processor, tokenizer.backend_tokenizer.pre_tokenizer)


if __name__ == "__main__":
    main()
