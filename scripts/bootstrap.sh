# Sourced by ./run, ./test, ./bench and ./soak, with $root set to the checkout. Makes sure that
# Python, the system libraries, PostgreSQL and the Python environment are there, and sets $python.
# When everything is there it only looks, in less than 0.3 s.
# shellcheck shell=sh

export LC_ALL=C.UTF-8
. "$root/scripts/packages.sh"

die() {
    echo "$*" >&2
    exit 69 # EX_UNAVAILABLE: something outside the product is missing.
}

# step "what it does" command...: runs the command and prints how long it took; its output is
# shown only when it fails.
step() {
    printf '  %-48s ' "$1"
    shift
    step_log=$(mktemp)
    step_from=$(date +%s)
    if "$@" >"$step_log" 2>&1 </dev/null; then
        echo "$(($(date +%s) - step_from)) s"
        rm -f "$step_log"
    else
        echo "failed"
        cat "$step_log" >&2
        rm -f "$step_log"
        return 1
    fi
}

# find_python: prints version, whether it can make environments (1 or 0), and path of the first
# interpreter that is 3.11 or later.
find_python() {
    for candidate in python3 python3.13 python3.12 python3.11; do
        "$candidate" -c 'import importlib.util, sys
if sys.version_info < (3, 11):
    sys.exit(1)
can_make = importlib.util.find_spec("ensurepip") is not None
print(sys.version.split()[0], int(can_make), sys.executable)' 2>/dev/null && return
    done
    return 1
}

# install_libraries arguments...: pip, for files whose hashes are all in our locks.
install_libraries() {
    "$python" -m pip --disable-pip-version-check install --no-deps --no-compile "$@"
}

# make_environment: one virtual environment per content of the locks, complete or not at all: the
# marker is written last, and whatever has no marker is made anew.
make_environment() {
    [ ! -e "$environment/complete" ] || return 0 # Made by another set-up while this one waited.
    rm -rf "$environment"
    step "Python environment" "$base_python" -m venv "$environment" &&
        step "libraries (1.3 GB on disk, about a minute)" \
            install_libraries --require-hashes -r "$root/requirements/dev.txt" &&
        step "models for plate reading" \
            install_libraries --require-hashes -r "$root/requirements/scan-models.txt" &&
        step "Stamford Parking itself" \
            install_libraries --no-build-isolation --config-settings editable_mode=compat \
            --editable "$root" &&
        : >"$environment/complete" || return 1
    # Environments of older locks, unless something may still be running in them.
    find "$root/.venv" -mindepth 2 -maxdepth 2 -name complete -mtime +0 |
        while read -r old; do rm -rf "${old%/complete}"; done
}

found=$(find_python) || die "$(python_advice)"
version=${found%% *}
base_python=${found#* * }
case $found in "$version 1 "*) can_make=1 ;; *) can_make=0 ;; esac
missing=$(missing_packages)
[ -z "$missing" ] || install_packages

# A virtual environment cannot be moved and belongs to one interpreter: both are in its name. Of
# the project file only the part counts that is installed, not the settings of the checks.
fingerprint=$({
    echo "$root $version $base_python"
    cat "$root/requirements/dev.txt" "$root/requirements/scan-models.txt"
    sed '/^\[tool\.ruff\]/q' "$root/pyproject.toml"
} | sha256sum | cut -c1-12)
environment=$root/.venv/$fingerprint
python=$environment/bin/python

if [ ! -e "$environment/complete" ]; then
    { mkdir -p "$root/.venv" && [ -w "$root/.venv" ] && [ -w "$root" ]; } 2>/dev/null ||
        die "You may not write to $root: copy it to a folder of yours and start it there."
    echo "Setting up, only this once:"
    (
        flock -n 9 || { echo "  waiting for another set-up to finish" && flock 9; }
        make_environment
    ) 9>"$root/.venv/lock" || die "Setting up failed, see above. Mend that and start again."
fi
