#!/bin/sh
# Packs the benchmarks, their libraries, the Python programs and a Java of our own into one folder and an archive of it,
# to be taken to a machine that has neither Java nor Maven.
#
#   pack.sh [DIR]        (default: out/frugal-bench)
set -eu

fail() {
    echo "pack.sh: $1" >&2
    exit 1
}

here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
root=$(CDPATH='' cd -P "$here/../.." && pwd)
target=${1:-$root/out/frugal-bench}
"$root/frugal" bench --help >/dev/null # builds what has to be built
java_home=
for candidate in "${FRUGAL_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -z "$java_home" ] && [ -n "$candidate" ] && [ -x "$candidate/bin/jlink" ] && [ -r "$candidate/release" ] &&
        [ "$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release")" -ge 22 ]; then
        java_home=$candidate
    fi
done
[ -n "$java_home" ] || fail "no JDK 22 or newer with jlink was found; name its folder in FRUGAL_JAVA_HOME"

[ ! -e "$target" ] || fail "$target is there already; remove it first, or name another folder"
mkdir -p "$target"
modules=java.desktop,java.instrument,java.logging,java.management,java.naming,java.sql,java.xml
modules=$modules,jdk.management,jdk.unsupported,jdk.zipfs
"$java_home/bin/jlink" --output "$target/jre" --strip-debug --no-header-files --no-man-pages --compress zip-9 \
    --add-modules "$modules"
cp "$root/jmh/target/benchmarks.jar" "$target/"
cp -r "$root/jmh/target/lib" "$target/lib"
mkdir "$target/python" "$target/python/shapes"
cp "$root"/jmh/python/*.py "$target/python/"
cp "$root"/jmh/src/main/resources/org/frugaltorch/jmh/shapes/*.json "$target/python/shapes/"
cp "$here/run.sh" "$target/"
tar -czf "$target.tar.gz" -C "$(dirname "$target")" "$(basename "$target")"
echo "$target.tar.gz: unpack it there and start $(basename "$target")/run.sh"
