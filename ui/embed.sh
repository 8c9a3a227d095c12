#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ui/embed.sh OUT.c FOLDER FILE...
#
# Writes the table of src/web/asset.h: the FILEs and what gzip makes of them (kept in FOLDER) become part of the program.
# The digest stands in the text, because the compiler does not know that the assembler reads a file.
set -eu
out=$1 folder=$(mkdir -p "$2" && cd "$2" && pwd -P)
shift 2
n=0

# bytes SYMBOL FILE: the declaration of a file's bytes.
bytes() {
    printf '__asm__(".pushsection .rodata\\n%s: .incbin \\"%s\\"\\n.popsection");\n' "$1" "$2"
    echo "extern const unsigned char $1[] __attribute__((visibility(\"hidden\")));"
}

echo '#include "web/asset.h"' >"$out"
: >"$folder/rows"
for file; do
    name=${file##*/} n=$((n + 1))
    file=$(cd "$(dirname "$file")" && pwd -P)/$name
    digest=$(sha256sum <"$file" | cut -c 1-16)
    path=/a/$digest/$name gzip=NULL gzip_len=0
    case $name in
    *.css) type='text/css; charset=utf-8' ;;
    *.js) type='text/javascript; charset=utf-8' ;;
    *.svg) type=image/svg+xml ;;
    *.woff2) type=font/woff2 path=/f/$name ;;
    *) echo "ui/embed.sh: '$name' is of no kind that is known here: add its media type" >&2 && exit 1 ;;
    esac
    bytes "asset_$n" "$file" >>"$out"
    if [ "${name##*.}" != woff2 ]; then
        gzip -9nc "$file" >"$folder/$name.gz"
        gzip=asset_gzip_$n gzip_len=$(wc -c <"$folder/$name.gz")
        bytes "$gzip" "$folder/$name.gz" >>"$out"
    fi
    echo "{\"$name\", \"$path\", \"$type\", \"$digest\", asset_$n, $gzip, $(wc -c <"$file"), $gzip_len}," >>"$folder/rows"
done
{
    echo 'const struct asset asset_table[] = {'
    cat "$folder/rows"
    echo "};"
    echo "const size_t asset_count = $n;"
} >>"$out"
