#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ui/font.sh WOFF2_COMPRESS FONT.ttf OUT.woff2
#
# Packs a font for the pages. woff2_compress writes beside its input, and that is not ours: so it works on a copy.
set -eu
copy=${3%.woff2}
cp "$2" "$copy.ttf"
"$1" "$copy.ttf" >"$copy.log" 2>&1 || {
    cat "$copy.log" >&2
    exit 1
}
rm "$copy.ttf" "$copy.log"
