#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# weir handover: a report that only root can read is read by a user who cannot, and who keeps nothing of
# root's. Argument: the program.
set -eu
weir=$1
[ "$(id -u)" = 0 ] || {
    echo "only root can hand over"
    exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'source.ip,source.port\n192.0.2.7,80\n' >"$folder/report.csv"
cp "$weir" "$folder/weir"
chmod 600 "$folder/report.csv"
chmod 700 "$folder"
cd "$folder"

# says STATUS WORDS COMMAND...: the command ends with that status and prints the words.
says() {
    status=$1 words=$2 got=0
    shift 2
    "$@" >out 2>&1 || got=$?
    if [ "$got" != "$status" ] || ! grep -q -e "$words" out; then
        echo "exit $got instead of $status, or no '$words' in:"
        cat out
        exit 1
    fi
}
nobody() { setpriv --reuid nobody --regid nogroup --clear-groups "$@"; }

says 0 '"source.ip": "192.0.2.7"' ./weir handover -- nobody read --format csv report.csv
says 0 '"source.ip": "192.0.2.7"' ./weir handover -- nobody read --format=csv -- "$folder/report.csv"
says 1 'no-such-file' ./weir handover -- nobody read no-such-file
says 2 "no option '--fromat'" ./weir handover -- nobody read --fromat list report.csv
says 2 'is root' ./weir handover -- root read report.csv
says 1 "no user 'nobody-at-all'" ./weir handover -- nobody-at-all read report.csv
says 0 'usage: weir read' ./weir handover -- nobody read --help
# the other way round, what the user cannot do by himself
chmod 755 "$folder"
says 1 'Permission denied' nobody ./weir read --format csv report.csv
says 2 'for root' nobody ./weir handover -- nobody read report.csv
