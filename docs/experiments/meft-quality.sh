#!/bin/sh
# MEFT 1 to 3 against full fine-tuning on four tasks: which of two sentences is right (LanguageTool), whether a word means
# the same twice (WordNet), sentiment of reviews (fine foods), and noun supersenses (WordNet).
#
#   docs/experiments/meft-quality.sh OUT
#
# Prints the accuracy on held-out data of every method and task, the mean over the seeds, and the mean over the tasks. Settings
# are one for each method; nothing is chosen on the held-out data, which is evaluated once, after the last step. What OUT holds
# already is not done again, so an interrupted run goes on where it was, and several may share the work with other SEEDS.
#
#   SEEDS            (1 2 3)
#   TASKS            (languagetool-pairs wordnet-contexts fine-foods wordnet-supersenses)
#   METHODS          (full meft1 meft2 meft3)
#   STEPS            optimiser steps of 32 examples each (150 for pairs, of which the first 50 to 100 seem to teach nothing, 200
#                    for supersenses, 100 for reviews)
#   MAX_LENGTH       tokens at which texts are cut; only the reviews have more (48)
#   FRUGAL           the launcher (./frugal of this checkout)
#
# Pairs are learnt by BERT-base, whose pretraining was of pairs, single texts by bge-small, a quarter of its size. The settings
# of each, found on parts of the training data:
#   full             1e-4 on BERT-base (100 steps of pairs: better than 5e-5, while 2e-4 learnt nothing), 2e-4 on bge-small
#   MEFT             on BERT-base low-rank adapters at 1e-3, 0.7 % of the weights (MEFT1 and 2 learn pairs at 2e-3 as well, but
#                    less steadily, and MEFT3 does not), on bge-small bottlenecks at 5e-3, 0.5 %
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
out=$1
here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
frugal=${FRUGAL:-$here/../../frugal}
seeds=${SEEDS:-1 2 3}
tasks=${TASKS:-languagetool-pairs wordnet-contexts fine-foods wordnet-supersenses}
methods=${METHODS:-full meft1 meft2 meft3}
mkdir -p "$out"

# import WHAT: fetches a model or a data set once.
import() {
    [ -d "$out/$1" ] || "$frugal" import "$1" --out "$out/$1"
}

# classify TASK METHOD SEED: one run, unless its result is there already.
classify() {
    result=$out/$1-$2-$3.json
    [ ! -f "$result" ] || return 0
    case $1 in
        *-pairs | *-contexts) columns='--text-pair-column text_pair' model=bert-base steps=150 ;;
        *-supersenses) columns='' model=bge-small steps=200 ;;
        *) columns='' model=bge-small steps=100 ;;
    esac
    case $2-$model in
        full-bert-base) method='--learning-rate 1e-4' ;;
        full-bge-small) method='--learning-rate 2e-4' ;;
        meft*-bert-base) method="--meft ${2#meft} --meft-lora 4 --learning-rate 1e-3" ;;
        meft*-bge-small) method="--meft ${2#meft} --learning-rate 5e-3" ;;
        *) echo "unknown method $2" >&2; exit 2 ;;
    esac
    import "$model"
    # shellcheck disable=SC2086  # options are words
    "$frugal" classify --model "$out/$model" --train "$out/$1/train.tsv" --eval "$out/$1/eval.tsv" --text-column text \
        --label-column label $columns --max-length "${MAX_LENGTH:-48}" --dropout 0 --batch-size 32 --max-steps "${STEPS:-$steps}" \
        --warmup-ratio 0.1 --eval-steps 100000 --no-checkpoint --force --seed "$3" --out "$out/runs/$1-$2-$3" --json "$result" $method
}

for task in $tasks; do
    import "$task"
done
for seed in $seeds; do
    for task in $tasks; do
        for method in $methods; do
            classify "$task" "$method" "$seed"
        done
    done
done

printf '\nHeld-out accuracy, mean over seeds %s\n%-12s' "$seeds" method
for task in $tasks; do
    printf ' %20s' "$task"
done
printf ' %8s\n' mean
for method in $methods; do
    for task in $tasks; do
        for seed in $seeds; do
            sed -n "s/^ *\"accuracy\" : \([0-9.]*\),*$/$task \1/p" "$out/$task-$method-$seed.json" | head -n 1
        done
    done | awk -v method="$method" -v tasks="$tasks" '
        { sum[$1] += $2; count[$1]++ }
        END {
            printf "%-12s", method
            n = split(tasks, names, " ")
            for (i = 1; i <= n; i++) {
                mean = sum[names[i]] / count[names[i]]
                total += mean
                printf " %20.4f", mean
            }
            printf " %8.4f\n", total / n
        }'
done
