#!/bin/sh
# Compares ways to fine-tune a small Llama: LoRA and QLoRA, through all tokens and through 30 % of them.
#
#   docs/experiments/llama-methods.sh OUT
#
# Imports WordNet as plain text, as instructions and as questions, trains a Llama of 10 M parameters from scratch on the
# text, and teaches it the form of the instructions by each method with three seeds. Held out are words that occur
# neither in the text nor in the instructions, so nothing can be known by heart. Prints for every method the perplexity
# of the held-out definitions (mean and standard deviation over the seeds), memory and speed. What OUT holds already is
# not done again, so an interrupted run goes on where it was.
#
#   SEEDS            seeds of the fine-tuning (42 43 44)
#   STEPS            optimiser steps of each fine-tuning (600)
#   TOKENTUNE_STEPS  those of TokenTune with targets first, about as many as take the time of STEPS through all tokens (1000)
#   RATE             learning rate of the fine-tuning (4e-3: for 150 steps on a part of the training instructions better than 2e-3
#                    for LoRA, and than 2e-3 and 8e-3 for LoRA with TokenTune)
#   PRETRAIN_STEPS   bound on the steps of training from scratch; 0: one pass over the text (0)
#   FRUGAL           the launcher (./frugal of this checkout)
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
out=$1
here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
frugal=${FRUGAL:-$here/../../frugal}
seeds=${SEEDS:-42 43 44}
steps=${STEPS:-600}
tokentune_steps=${TOKENTUNE_STEPS:-1000}
pretrain_steps=${PRETRAIN_STEPS:-0}
mkdir -p "$out"

# import WHAT: fetches a data set once.
import() {
    [ -d "$out/$1" ] || "$frugal" import "$1" --out "$out/$1"
}

# tune METHOD STEPS OPTION...: fine-tunes the base by a method with every seed.
tune() {
    method=$1
    steps_of_method=$2
    shift 2
    for seed in $seeds; do
        figures=$out/$method/seed-$seed.json
        [ -f "$figures" ] || "$frugal" finetune --model "$out/base/model" \
            --dataset-name-or-path "$out/wordnet-definitions/train.jsonl" \
            --eval-file "$out/wordnet-definitions/eval.jsonl" \
            --out "$out/$method/seed-$seed" --force --no-checkpoint --json "$figures" \
            --global-batch-size 32 --gradient-accumulation-steps 1 \
            --max-steps "$steps_of_method" --save-steps "$steps_of_method" \
            --learning-rate "${RATE:-4e-3}" --warmup-ratio 0.05 --add-eos-token --max-length 128 --seed "$seed" "$@"
    done
}

# row METHOD: a line of the table, from the figures of all seeds.
row() {
    for seed in $seeds; do
        cat "$out/$1/seed-$seed.json"
    done | awk -v method="$1" '
        # the value of a line such as  "perplexity" : 12.3,
        function value() { text = $0; sub(/^[^:]*: */, "", text); sub(/,.*$/, "", text); return text + 0 }
        /"perplexity" *:/ { n++; p = value(); sum += p; squares += p * p }
        /"tokensPerSecond" *:/ { speed += value() }
        /"steps" *:/ { steps += value() }
        /"seconds" *:/ { seconds += value() }
        /"peakBytes" *:/ { peak += value() }
        /"savedActivationBytes" *:/ { saved += value() }
        END {
            mean = sum / n
            spread = n > 1 ? sqrt((squares - n * mean * mean > 0 ? squares - n * mean * mean : 0) / (n - 1)) : 0
            printf "%-34s %6.0f %10.2f %8.2f %8.0f %10.1f %10.1f %9.0f\n", method, steps / n, mean, spread, seconds / n,
                peak / n / 1048576, saved / n / 1048576, speed / n
        }'
}

import wordnet-glosses
import wordnet-definitions
import wordnet-choices
[ -f "$out/base/summary.json" ] || "$frugal" pretrain --config tiny-llama --out "$out/base" --force \
    --train "$out/wordnet-glosses/train.txt" --eval "$out/wordnet-glosses/eval.txt" --max-steps "$pretrain_steps"

tune lora "$steps" --lora
tune qlora "$steps" --lora --qlora
for adapter in lora qlora; do
    options=--lora
    [ "$adapter" = lora ] || options='--lora --qlora'
    # shellcheck disable=SC2086  # options are words
    tune "$adapter+tokentune-0.3" "$steps" $options --tokentune --prefix-length 0.3
    # shellcheck disable=SC2086
    tune "$adapter+tokentune-0.3-targets-first" "$tokentune_steps" $options --tokentune --prefix-length 0.3 \
        --token-selection targets-first
done

printf '\nThe base chooses the definition of a held-out word among four:\n'
"$frugal" evaluate --task choices --model "$out/base/model" --data "$out/wordnet-choices/eval.jsonl"

printf '\nHeld-out definitions, seeds %s\n' "$seeds"
printf '%-34s %6s %10s %8s %8s %10s %10s %9s\n' method steps perplexity spread seconds 'peak MiB' 'saved MiB' tokens/s
for method in lora lora+tokentune-0.3 lora+tokentune-0.3-targets-first \
    qlora qlora+tokentune-0.3 qlora+tokentune-0.3-targets-first; do
    row "$method"
done
