# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What ./run and ./test share: packages, build folders. Sourced with $here, the source tree, and $me, the
# name for messages, and $tmp, a folder that the caller removes.
: "${me:?}" "${here:?}" "${tmp:?}"

say() { echo "$me: $*" >&2; }
die() {
    say "$*"
    exit 1
}
root() { [ "$(id -u)" = 0 ]; }

# packages STEP...: the packages of those steps.
packages() {
    for step; do
        sed -n "s/^$step  *\([^ ]*\).*/\1/p" "$here/packaging/packages"
    done
}

# missing STEP...: those of them that are not installed.
missing() {
    # shellcheck disable=SC2046 # a list of words
    set -- $(packages "$@")
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' >"$tmp/have"
    printf '%s\n' "$@" | grep -vxF -f "$tmp/have" || :
}

# need STEP...: installs what is missing, or says what an administrator has to install.
need() {
    command -v dpkg-query >/dev/null || die "this is not Debian; install what packaging/packages names and build with meson"
    want=$(missing "$@" | tr '\n' ' ')
    [ -n "$want" ] || return 0
    root || die "these packages are missing; as root: apt-get install --no-install-recommends $want"
    say "installing $want"
    export DEBIAN_FRONTEND=noninteractive
    if ! apt-get -qq --error-on=any update >"$tmp/apt" 2>&1 </dev/null; then
        cat "$tmp/apt" >&2
        die "the package lists cannot be fetched; is there a network? Needed: $want"
    fi
    # shellcheck disable=SC2086 # a list of words
    if ! apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install $want >"$tmp/apt" 2>&1 </dev/null; then
        tail -n 20 "$tmp/apt" >&2
        die "the packages cannot be installed: $want"
    fi
}

# build_folder NAME: a folder of this user for a build: in the tree where he may write, else in his cache.
build_folder() {
    if [ -w "$here/build/$1" ] || { [ ! -e "$here/build/$1" ] && mkdir -p "$here/build/$1" 2>/dev/null; }; then
        echo "$here/build/$1"
        return
    fi
    cache=${XDG_CACHE_HOME:-${HOME:?the variable HOME is not set}/.cache}/weir/$1
    mkdir -p "$cache"
    echo "$cache"
}

# build FOLDER MESON-OPTION...: configures where the options are new or changed, and builds; one at a time in a
# folder. What the tools print goes to FOLDER/log and is shown when they fail.
build() {
    (
        flock 9
        build_alone "$@"
    ) 9>"$1/lock"
}

# configure FOLDER MESON-OPTION...: the first half of it.
configure() {
    folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ] || [ "$(cat "$folder/options" 2>/dev/null)" != "$*" ]; then
        say "configuring $folder"
        # only what a build made: the folder may be named by a user
        rm -rf "$folder/meson-private" "$folder/meson-info" "$folder/build.ninja"
        meson setup "$folder" "$here" "$@" >"$folder/log" 2>&1 || {
            tail -n 20 "$folder/log" >&2
            return 1
        }
        echo "$*" >"$folder/options"
        say "building (half a minute the first time)"
    fi
}

build_alone() {
    configure "$@" || return 1
    folder=$1
    ninja -C "$folder" >"$folder/log" 2>&1 || {
        grep -v '^\[' "$folder/log" | head -n 60 >&2
        return 1
    }
}
