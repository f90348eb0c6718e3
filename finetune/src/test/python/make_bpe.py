"""golden/bpe: the vocabulary that Hugging Face's tokenizers library learns from a small text, and ids by it."""
import json

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from golden import directory

PIECES = r" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+"
WORDS = ["stone", "stones", "stony", "the", "then", "other", "bother", "sea", "seas", "café", "naïve", "über", "12",
         "1234", "(noun):", "...", "\"quoted\"", "aaaa", "aaaaaaa", "tea-time", "Zürich", "雨", "it's"]


def texts():
    """Words by a fixed rule, some more often than others, with single and double spaces between them."""
    lines, state = [], 7
    for length in range(4, 64):
        line = ""
        for _ in range(length % 13 + 3):
            state = (state * 1103515245 + 12345) % 2**31
            line += WORDS[(state >> 16) % len(WORDS) * (state >> 8) % len(WORDS)] + ("  " if state % 11 == 0 else " ")
        lines.append(line)
    return lines


def main():
    path = directory("bpe")
    lines = texts()
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PIECES), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(vocab_size=330, min_frequency=2, special_tokens=["<pad>", "<s>", "</s>"],
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    learnt = json.loads(tokenizer.to_str())["model"]
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in learnt["merges"]]
    tokens = sorted(learnt["vocab"], key=learnt["vocab"].get)
    samples = ["the stones by the other sea", "  Über 雨: naïve\n\ncafés, 12345!", "never seen: ß €", "aaaaaaaaa"]
    ids = [tokenizer.encode(sample).ids for sample in samples]
    (path / "expected.json").write_text(json.dumps(
        {"texts": lines, "tokens": tokens, "merges": merges, "samples": samples, "ids": ids},
        ensure_ascii=False, indent=1) + "\n")
    print(f"{len(tokens)} tokens, {len(merges)} merges")


if __name__ == "__main__":
    main()
