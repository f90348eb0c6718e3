#!/bin/sh
# Ours beside Python on the very same libtorch: operators, the same step, BERT and Llama by method; ten minutes at most.
#
#   run.sh [--device cuda|cpu] [--preset NAME] [--python PROGRAM] [--out DIR] [--minutes N]
#
# Runs from a checkout, or from the folder that pack.sh makes for machines without Java and Maven. Without a GPU, toy
# shapes on the processor show that everything runs. After N minutes (default: 9) nothing more begins, and what was
# measured until then is reported.
set -eu

fail() {
    echo "run.sh: $1" >&2
    exit 1
}

python=python3
device=
preset=
out=out/gpu
minutes=9
while [ $# -gt 0 ]; do
    case $1 in
        --device | --preset | --python | --out | --minutes)
            [ $# -ge 2 ] || fail "$1 needs a value"
            case $1 in
                --device) device=$2 ;;
                --preset) preset=$2 ;;
                --python) python=$2 ;;
                --out) out=$2 ;;
                --minutes) minutes=$2 ;;
            esac
            shift 2
            ;;
        -h | --help)
            sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" | sed '$d'
            exit 0
            ;;
        *) fail "unknown option $1; run.sh --help names all" ;;
    esac
done

here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
"$python" -c 'import torch' 2>/dev/null || fail "$python has no torch; name another one with --python"
if [ -z "$device" ]; then
    device=$("$python" -c 'import torch; print("cuda" if torch.cuda.is_available() else "cpu")')
fi
if [ -z "$preset" ]; then
    preset=gpu
    if [ "$device" = cpu ]; then
        preset=tiny
        echo "run.sh: there is no GPU; toy shapes on the processor show that everything runs" >&2
    fi
fi

# Both sides run on Python's libtorch: what differs then is what is above it.
export LIBTORCH_USE_PYTORCH=1
LIBTORCH_PYTHON=$(command -v "$python")
export LIBTORCH_PYTHON

set -- bench --preset "$preset" --device "$device" --python "$python" --no-peers --out "$out" --minutes "$minutes" \
    --report --only operators,same-step,encoder-step,decoder-step
if [ -x "$here/../../frugal" ]; then
    exec "$here/../../frugal" "$@"
elif [ -x "$here/jre/bin/java" ]; then
    exec "$here/jre/bin/java" --enable-native-access=ALL-UNNAMED -cp "$here/benchmarks.jar" \
        org.frugaltorch.finetune.cli.Frugal "$@"
fi
fail "it belongs into a checkout, or into the folder that pack.sh makes"
