#!/bin/sh
# Writes requirements/*.txt anew from requirements/*.in. Needs pip-tools (part of the dev lock).
# Every file carries the hashes of all wheels of a version, so one lock serves every processor.
set -eu
cd "$(dirname "$0")/../requirements"

# The machine's own package sources would leak their addresses and partial hash lists into a lock.
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_NO_INDEX
export PIP_CONFIG_FILE=/dev/null
export CUSTOM_COMPILE_COMMAND=scripts/lock.sh

lock() {
    output=$1
    shift
    echo "locking $output"
    "${PYTHON:-python3}" -m piptools compile --quiet --generate-hashes --strip-extras \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        --allow-unsafe --output-file "$output" "$@"
}

# dev first: the others take its versions, so that what is tested is what is shipped.
lock dev.txt "${UPGRADE:---no-upgrade}" dev.in
lock terminal-linux.txt --constraint dev.txt terminal.in
lock terminal-windows.txt --constraint dev.txt terminal-windows.in
lock central.txt --constraint dev.txt central.in
lock scan.txt --constraint dev.txt scan.in
