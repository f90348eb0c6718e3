"""golden/bert (Transformers) and golden/bert-tokentune (stop-gradient definition of TokenTune, float64)."""
import torch
from transformers import BertConfig, BertForSequenceClassification

from golden import check, directory, gradients, leaves, load_double, ragged, save, save_model
from plain_bert import PlainBert, cls_weights, mean_weights

LENGTHS, FIRST_SEGMENT, SELECTED_COUNTS = [17, 9, 13, 5], [10, 9, 6, 3], [6, 3, 4, 2]
CLS, SEP = 2, 3


def batch():
    ids, mask = ragged(LENGTHS, vocabulary=96, seed=11)
    types = torch.zeros_like(ids)
    for row, (length, first) in enumerate(zip(LENGTHS, FIRST_SEGMENT)):
        ids[row, 0], ids[row, first - 1], ids[row, length - 1] = CLS, SEP, SEP
        types[row, first:length] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types, "labels": torch.tensor([2, 0, 1, 1])}


def select(mask):
    """Position 0 and a random choice of the other real positions, as many as SELECTED_COUNTS says."""
    generator = torch.Generator().manual_seed(12)
    selected = torch.zeros_like(mask)
    for row, (length, count) in enumerate(zip(LENGTHS, SELECTED_COUNTS)):
        selected[row, 0] = 1
        selected[row, 1 + torch.randperm(length - 1, generator=generator)[:count - 1]] = 1
    return selected


def main():
    config = BertConfig(vocab_size=96, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
                        max_position_embeddings=64, num_labels=3, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    path = save_model(BertForSequenceClassification(config), "bert", seed=1)
    model = load_double(BertForSequenceClassification, path)
    inputs = batch()
    ids, mask, types, labels = inputs.values()
    selected = select(mask)

    hidden = model.bert(ids, mask, types).last_hidden_state
    out = model(**inputs)
    golden = inputs | {"hidden": hidden, "cls.logits": out.logits, "cls.loss": out.loss}
    golden |= gradients(out.loss, model.named_parameters(), "grad.cls.")
    pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    logits = model.classifier(torch.tanh(model.bert.pooler.dense(pooled)))
    loss = torch.nn.functional.cross_entropy(logits, labels)
    golden |= {"mean.logits": logits, "mean.loss": loss} | gradients(loss, model.named_parameters(), "grad.mean.")
    save(path, golden)

    parameters = leaves(model)
    plain = PlainBert(config, parameters)
    check("hidden state, plain against library", plain.hidden(ids, mask, types), hidden)
    poolings = {"selectedMean": mean_weights(selected), "mean": mean_weights(mask), "cls": cls_weights(mask)}
    tuned = inputs | {"selected": selected}
    for pooling, weights in poolings.items():
        def run(chosen):
            hidden_state = plain.hidden(ids, mask, types, chosen)
            result = plain.logits(hidden_state, weights)
            return hidden_state, result, plain.loss(result, labels)

        full_hidden, full_logits, full_loss = run(None)
        full = gradients(full_loss, parameters, "grad.tokentune." + pooling + ".")
        everything = gradients(run(mask)[2], parameters, "grad.tokentune." + pooling + ".")
        check(f"{pooling}: all real tokens selected against ordinary gradients", everything, full)
        if pooling in ("cls", "mean"):
            library = {key.replace("grad.", "grad.tokentune."): value for key, value in golden.items()
                       if key.startswith(f"grad.{pooling}.")}
            check(f"{pooling}: ordinary gradients, plain against library", full, library)
        tuned_hidden, logits, loss = run(selected)
        check(f"{pooling}: forward with 30 % selected against the ordinary forward", tuned_hidden, full_hidden, 0.0)
        grads = gradients(loss, parameters, "grad.tokentune." + pooling + ".")
        key = f"grad.tokentune.{pooling}.bert.encoder.layer.0.attention.self.value.weight"
        assert (grads[key] - full[key]).abs().max() > 1e-3, "the stop-gradients must change something"
        tuned |= {f"tokentune.{pooling}.logits": logits, f"tokentune.{pooling}.loss": loss} | grads
    save(directory("bert-tokentune"), tuned)


if __name__ == "__main__":
    main()
