#!/usr/bin/env bash
# Runs the fuzz targets. `make fuzz` and `make fuzz-long` build them before.
#
#   run.sh smoke SECONDS        all targets, two at a time, in about that many seconds together
#   run.sh long TARGET [OPTION] one target until it is stopped; what it learns stays in .build-fuzz/corpus/TARGET
#   run.sh replay TARGET FILE   one input again, with a backtrace
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
built=$folder/../.build-fuzz
fuzzing=$built/debug/Fuzzing
# 4 KiB hold every shape that a decoder tells apart; more only makes each input slower.
options=(-max_len=4096 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1)

# Swift's own crash handler would take the signal before libFuzzer writes the input down.
fuzz() {
    local target=$1
    shift
    mkdir -p "$built/findings"
    SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target "$fuzzing" "${options[@]}" \
        -artifact_prefix="$built/findings/$target-" "$@"
}

smoke_one() {
    local target=$1 seconds=$2
    local log=$built/smoke/$target.log
    local learnt=$built/smoke/$target
    rm -rf "$learnt"
    mkdir -p "$learnt"
    if ! fuzz "$target" -max_total_time="$seconds" "$learnt" "$folder/Corpus/$target" >"$log" 2>&1; then
        echo "fuzz: $target FAILED; its log ends:"
        tail -n 40 "$log"
        echo "fuzz: again with: Fuzz/run.sh replay $target FILE, or make a file of the base64 above"
        return 1
    fi
    local runs
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    # A target that runs nothing proves nothing.
    [ "${runs:-0}" -ge 100 ] || { echo "fuzz: $target ran only ${runs:-no} inputs" && return 1; }
    echo "fuzz: $target: $runs inputs, none breaks a promise"
}

case "${1:-}" in
    smoke)
        seconds=${2:?seconds}
        mapfile -t targets < <("$fuzzing")
        for target in "${targets[@]}"; do
            [ -d "$folder/Corpus/$target" ] || { echo "fuzz: $target has no seeds in Fuzz/Corpus" && exit 1; }
        done
        each=$((seconds * 2 / ${#targets[@]}))
        [ "$each" -gt 0 ] || each=1
        export -f fuzz smoke_one
        export folder built fuzzing
        options_text="${options[*]}"
        export options_text
        # shellcheck disable=SC2016 # expanded by the inner shells
        printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c \
            'set -euo pipefail; read -ra options <<<"$options_text"; smoke_one "$1" "$2"' _ {} "$each"
        echo "fuzz: ${#targets[@]} targets for $each seconds each"
        ;;
    long)
        target=${2:-}
        if [ ! -d "$folder/Corpus/$target" ] || [ -z "$target" ]; then
            echo "TARGET must be one of: $("$fuzzing" | paste -sd ' ')" >&2
            exit 2
        fi
        mkdir -p "$built/corpus/$target"
        fuzz "$target" "$built/corpus/$target" "$folder/Corpus/$target" "${@:3}"
        ;;
    replay)
        FUZZ_TARGET=${2:?target} "$fuzzing" "${3:?file}"
        ;;
    *)
        sed -n '2,7s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac
