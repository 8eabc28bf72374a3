# What the scripts that test have in common: checks that are counted, packages that are installed where they are missing. To be
# sourced, not run.
# shellcheck shell=bash

passed=0
failed=0
failures=()

say() { printf '\n== %s\n' "$*"; }

check() { # NAME COMMAND…: one check, its output shown only when it fails; fails when it does
    local name=$1 log status=0
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $name"
    else
        status=1
        failed=$((failed + 1))
        failures+=("$name")
        echo "FAIL  $name"
        tail -n 60 "$log" | sed 's/^/      /'
    fi
    rm -f "$log"
    return $status
}

need() { # COMMAND PACKAGE: installs a Debian package for a command that is not there
    command -v "$1" >/dev/null && return 0
    need_package "$2"
}

need_package() { # PACKAGE
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        echo "installing $1"
        # a server that is installed for tests is not to be started
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq "$1" >/dev/null && return 0
    fi
    echo "missing: the Debian package $1"
    return 1
}

missing() { # WHAT: says that nothing more can be done, and ends
    echo "missing: $1"
    failed=$((failed + 1))
    failures+=("$1 is missing")
    finish
}

finish() { # ends with the line that counts
    local failure
    echo
    for failure in "${failures[@]}"; do echo "failed: $failure"; done
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}

# Rust as rustup installs it, also in a shell that has not read its profile
if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH="$HOME/.cargo/bin:$PATH"
fi
