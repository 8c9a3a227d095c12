#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# parts.sh DIR: a report of 2,000 rows of the sample country in ten parts, sinkhole-01.json to sinkhole-10.json, as the partner's
# sinkhole writes it. The same rows each time: what a second ./run hands in is known already.
set -eu
mkdir -p "$1"
awk -v dir="$1" '
function dice(n) {
    seed = (seed * 16807) % 2147483647
    return seed % n
}
BEGIN {
    seed = 42
    split("infected-system infected-system infected-system ddos-amplifier ddos-amplifier potentially-unwanted-accessible", class, " ")
    split("mirai mirai qakbot emotet conficker", malware, " ")
    for (part = 1; part <= 10; part++) {
        file = sprintf("%s/sinkhole-%02d.json", dir, part)
        for (row = 0; row < 200; row++) {
            where = dice(100)
            if (where < 4) ip = "192.0.2.10"
            else if (where < 20) ip = "192.0.2." dice(64)
            else if (where < 30) ip = "192.0.2." (64 + dice(64))
            else if (where < 80) ip = "198.51.100." dice(256)
            else if (where < 95) ip = "203.0.113." dice(128)
            else ip = "203.0.113." (128 + dice(128))
            type = where < 1 ? "c2-server" : class[1 + dice(6)]
            second = part * 200 + row
            printf "{\"feed.name\": \"Example sinkhole\", \"tlp\": \"AMBER\", \"time.source\": \"2026-01-05T03:%02d:%02d+00:00\", \"classification.type\": \"%s\", \"source.ip\": \"%s\", \"source.port\": %d, \"destination.ip\": \"203.0.113.250\", \"destination.port\": 443%s}\n", int(second / 60) % 60, second % 60, type, ip, 1024 + dice(60000), type == "infected-system" || type == "c2-server" ? ", \"malware.name\": \"" malware[1 + dice(5)] "\"" : "" > file
        }
        close(file)
    }
}'
