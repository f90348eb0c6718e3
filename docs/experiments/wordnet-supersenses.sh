#!/bin/sh
# Full fine-tuning against TokenTune at 25 % on WordNet's noun supersenses: MiniLM at equal steps, several seeds.
#
#   docs/experiments/wordnet-supersenses.sh OUT [SEED...]        (default seeds: 1 2 3; about 35 minutes a seed on 2 cores)
#   docs/experiments/wordnet-supersenses.sh OUT search           (a search for settings)
#
#   EPOCHS           passes over the training glosses (2)
#
# Settings of each method were chosen on a development split, every twentieth gloss of the training file, by 300 steps for
# each setting. The held-out file is read at the end only.
set -eu

frugal=$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)/frugal
out=${1:?usage: wordnet-supersenses.sh OUT [SEED...]}
shift
[ $# -gt 0 ] || set -- 1 2 3
mkdir -p "$out"

[ -d "$out/minilm" ] || "$frugal" import minilm --out "$out/minilm"
[ -d "$out/corpus" ] || "$frugal" import wordnet-supersenses --out "$out/corpus"
awk 'NR == 1 || NR % 20 == 0' "$out/corpus/train.tsv" > "$out/dev.tsv"
awk 'NR == 1 || NR % 20 != 0' "$out/corpus/train.tsv" > "$out/train.tsv"

# classify NAME EVAL OPTION...: one run, unless its result is there already.
classify() {
    name=$1
    eval=$2
    shift 2
    [ -f "$out/$name.json" ] || "$frugal" classify --model "$out/minilm" --train "$out/train.tsv" --eval "$eval" \
        --text-column text --label-column label --max-length 48 --dropout 0 --batch-size 64 --warmup-ratio 0.06 \
        --eval-steps 100000 --no-checkpoint --force --out "$out/runs/$name" --json "$out/$name.json" "$@"
}

# value NAME KEY: a number of a run's summary.
value() {
    sed -n "s/^ *\"$2\" : \([0-9.]*\),*$/\1/p" "$out/$1.json" | head -n 1
}

if [ "$1" = search ]; then
    for rate in 1.5e-4 3e-4 6e-4; do
        for pooling in mean cls; do
            common="--max-steps 300 --seed 7 --learning-rate $rate --pooling $pooling"
            # shellcheck disable=SC2086  # options are words
            classify "search-full-$rate-$pooling" "$out/dev.tsv" $common
            echo "$rate $pooling full $(value "search-full-$rate-$pooling" accuracy)"
            for tokens in random embedding-norm; do
                # shellcheck disable=SC2086
                classify "search-tokentune-$rate-$pooling-$tokens" "$out/dev.tsv" $common --tokentune 0.25 \
                    --token-selection "$tokens"
                echo "$rate $pooling tokentune $tokens $(value "search-tokentune-$rate-$pooling-$tokens" accuracy)"
            done
        done
    done
    exit
fi

for seed in "$@"; do
    common="--epochs ${EPOCHS:-2} --seed $seed --pooling cls"
    # shellcheck disable=SC2086
    classify "full-$seed" "$out/corpus/eval.tsv" $common --learning-rate 3e-4
    # shellcheck disable=SC2086
    classify "tokentune-$seed" "$out/corpus/eval.tsv" $common --learning-rate 1.5e-4 --tokentune 0.25 \
        --token-selection embedding-norm
done
for method in full tokentune; do
    for seed in "$@"; do
        value "$method-$seed" accuracy
    done | awk -v method="$method" '{ n++; sum += $1; squares += $1 * $1; list = list " " $1 }
        END { mean = sum / n; spread = n > 1 ? sqrt((squares - n * mean * mean) / (n - 1)) : 0
              printf "%s: mean %.4f, standard deviation %.4f of%s\n", method, mean, spread, list }'
done
