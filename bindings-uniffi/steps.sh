# What `test` and `package` have in common: the library, the sources of a language, Maven. To be sourced from the root of the
# repository after `.ci/checks.sh`, not run.
# shellcheck shell=bash

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
# what is made; `package` has a place of its own
made=$CARGO_TARGET_DIR/uniffi
# Maven's repository: with what it downloads and what is installed here, so that nothing of this is found by other builds of the user
maven_repository=$CARGO_TARGET_DIR/uniffi/repository

case $(uname -s) in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) missing "a system that this script knows (Linux, macOS)" ;;
esac
case $(uname -m) in
    x86_64) machine=x86-64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) machine=$(uname -m) ;;
esac
# as JNA calls the machine that this runs on
platform=$system-$machine

library_of() { # PLATFORM: the library's file name there
    case $1 in
        linux-*) echo libdepesza_uniffi.so ;;
        darwin-*) echo libdepesza_uniffi.dylib ;;
        win32-*) echo depesza_uniffi.dll ;;
        *) return 1 ;;
    esac
}

library_taken() { # PLATFORM PATH: puts a library where the jar will have it
    local file
    file=$(library_of "$1") && mkdir -p "$made/native/$1" && install -m 755 "$2" "$made/native/$1/$file"
}

generated() { # LANGUAGE LIBRARY: its sources, read from the library
    rm -rf "${made:?}/$1" && mkdir -p "$made/$1" &&
        "$CARGO_TARGET_DIR/debug/depesza-bindgen" generate --language "$1" --no-format --out-dir "$made/$1" "$2"
}

kotlin_generated() { # LIBRARY
    generated kotlin "$1" && bindings-uniffi/mend-generated "$made/kotlin/org/depesza/depesza.kt"
}

maven() { # quiet but for warnings and what fails
    mvn -B -q -Dstyle.color=never "-Dmaven.repo.local=$maven_repository" "-Dmade=$made" "$@"
}

need javac openjdk-17-jdk-headless || missing "a JDK"
need mvn maven || missing Maven
