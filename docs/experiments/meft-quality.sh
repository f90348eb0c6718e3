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
#   MODEL            what to import (bert-base)
#   STEPS            optimiser steps of 32 examples each (200 for pairs, of which the first 50 to 100 seem to teach nothing, 60
#                    for supersenses, 40 for reviews)
#   MAX_LENGTH       tokens at which texts are cut; only the reviews have more (48)
#   FULL_RATE        learning rate of full fine-tuning and of TokenTune (1e-4: after 100 steps on a part of LanguageTool's
#                    training pairs better than 5e-5, while 2e-4 learnt nothing)
#   MEFT_OPTIONS     adapters and learning rate of MEFT (--meft-lora 4 --learning-rate 1e-3: low-rank adapters, 0.7 % of the
#                    weights; on the same part, MEFT1 and 2 learn at 2e-3 as well, but less steadily, and MEFT3 does not)
#   FRUGAL           the launcher (./frugal of this checkout)
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
out=$1
here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
frugal=${FRUGAL:-$here/../../frugal}
seeds=${SEEDS:-1 2 3}
tasks=${TASKS:-languagetool-pairs wordnet-contexts fine-foods wordnet-supersenses}
methods=${METHODS:-full meft1 meft2 meft3}
model=${MODEL:-bert-base}
mkdir -p "$out"

# import WHAT: fetches a model or a data set once.
import() {
    [ -d "$out/$1" ] || "$frugal" import "$1" --out "$out/$1"
}

# classify TASK METHOD SEED: one run, unless its result is there already.
classify() {
    result=$out/$1-$2-$3.json
    [ ! -f "$result" ] || return 0
    columns=
    case $1 in
        *-pairs | *-contexts) columns='--text-pair-column text_pair' steps=200 ;;
        *-supersenses) steps=60 ;;
        *) steps=40 ;;
    esac
    case $2 in
        full) method="--learning-rate ${FULL_RATE:-1e-4}" ;;
        meft*) method="--meft ${2#meft} ${MEFT_OPTIONS:---meft-lora 4 --learning-rate 1e-3}" ;;
        tokentune) method="--tokentune 0.25 --learning-rate ${FULL_RATE:-1e-4}" ;;
        lora) method="--lora --learning-rate ${LORA_RATE:-1e-3}" ;;
        *) echo "unknown method $2" >&2; exit 2 ;;
    esac
    # shellcheck disable=SC2086  # options are words
    "$frugal" classify --model "$out/$model" --train "$out/$1/train.tsv" --eval "$out/$1/eval.tsv" --text-column text \
        --label-column label $columns --max-length "${MAX_LENGTH:-48}" --dropout 0 --batch-size 32 --max-steps "${STEPS:-$steps}" \
        --warmup-ratio 0.1 --eval-steps 100000 --no-checkpoint --force --seed "$3" --out "$out/runs/$1-$2-$3" --json "$result" $method
}

import "$model"
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
