# The packages of the operating system that the product stands on: which are missing, and how they
# are installed. Sourced by bootstrap.sh.
# shellcheck shell=sh

# first_candidate package...: the first name that apt can install, else the last. Packages change
# their names from release to release.
first_candidate() {
    for name in "$@"; do
        ! apt-cache policy "$name" 2>/dev/null | grep -q 'Candidate: [^(]' || break
    done
    echo "$name"
}

# has_postgres: whether PostgreSQL 15 or later is installed.
has_postgres() {
    for server in /usr/lib/postgresql/*/bin/initdb; do
        release=${server#/usr/lib/postgresql/}
        [ ! -x "$server" ] || [ "${release%%/*}" -lt 15 ] || return 0
    done
    release=$(postgres --version 2>/dev/null) || return 1
    release=${release#* * }
    [ "${release%%.*}" -ge 15 ]
}

# needed_libraries: the libraries Qt loads and the packages that have them; those for X and
# Wayland only where there is such a display to show on.
needed_libraries() {
    cat <<LIST
libGL.so.1 libgl1
libEGL.so.1 libegl1
libxkbcommon.so.0 libxkbcommon0
libfontconfig.so.1 libfontconfig1
libglib-2.0.so.0 libglib2.0-0t64 libglib2.0-0
libdbus-1.so.3 libdbus-1-3
LIST
    # A check of the pay station shows its window on a display of its own.
    case ${DISPLAY:+X}${tools-} in
    X* | *Xvfb*) cat <<LIST ;;
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
LIST
    esac
    [ -z "${WAYLAND_DISPLAY:-}" ] || cat <<LIST
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1
LIST
}

# missing_packages: the packages to install, as words on one line.
missing_packages() {
    missing_words=
    # Debian splits ensurepip off; without it an environment cannot be made.
    [ "$can_make" = 1 ] || missing_words="python${version%.*}-venv "
    libraries=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p)
    # The names after the library are words on purpose.
    while read -r library names; do
        case $libraries in
        *"$library "*) ;;
        *) missing_words="$missing_words$(first_candidate $names) " ;;
        esac
    done <<LIST
$(needed_libraries)
LIST
    has_postgres || missing_words="$missing_words$(first_candidate \
        postgresql-18 postgresql-17 postgresql-16 postgresql-15) "
    # What only the checks need: the command that sources this names it, as program=package.
    for tool in ${tools-}; do
        command -v "${tool%=*}" >/dev/null || missing_words="$missing_words${tool#*=} "
    done
    echo "${missing_words% }"
}

# install_packages: as root installs what $missing names, else says what to type.
install_packages() {
    command -v apt-get >/dev/null ||
        die "Please install these packages (these are Debian's names) and start again: $missing"
    [ "$(id -u)" = 0 ] || die "Something is missing on this machine. Type this, then start again:
  sudo apt-get install -y $missing"
    echo "Installing what is missing on this machine:"
    export DEBIAN_FRONTEND=noninteractive
    step "list of packages" apt-get update ||
        die "The list of packages cannot be loaded. Check the network and start again."
    missing=$(missing_packages) # The names were chosen by a list that may have been empty.
    # shellcheck disable=SC2086
    step "$(echo "$missing" | wc -w) packages and what they need" apt-get \
        -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing ||
        die "Installing failed, see above. This must work, then start again:
  apt-get install -y $missing"
    can_make=1
}

python_advice() {
    as_root='sudo '
    [ "$(id -u)" != 0 ] || as_root=
    name=$(first_candidate python3.13 python3.12 python3.11 python3)
    echo "Python 3.11 or later is needed. Type this, then start again:"
    echo "  ${as_root}apt-get install -y $name $name-venv"
}
