#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""All figures against their goals in one run: table.py BUILD FOLDER [NODE_MODULES]

BUILD is a folder configured with -Dbench=true --buildtype=release; FOLDER is for reports (some 3 GB).
NODE_MODULES holds @duckdb/node-api; without it, or without jq, rows that need them say so. Each program checks
its counts before it prints a figure. CPU time, user and system; a quiet machine is the caller's business."""
import csv
import datetime
import ipaddress
import os
import re
import resource
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 400000


def cpu(who=resource.RUSAGE_CHILDREN):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def programs(build, folder):
    figures = {}
    for line in (["tokenise"], ["decide"], ["pipeline", "wide", folder], ["pipeline", "intelmq", folder],
                 ["lookup", folder], ["generation", folder], ["exit", folder], ["log", folder], ["agree"],
                 ["diff", os.path.dirname(HERE)]):
        print("---", *line, flush=True)
        text = subprocess.run([f"{build}/bench/bench_{line[0]}", *line[1:]], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        for row in text.splitlines():
            found = re.match(r"figure (\S+) (\S+)$", row)
            if found:
                figures[found.group(1)] = float(found.group(2))
            else:
                print(row)
    return figures


def python_rows(folder):
    """One row after the other, address and time parsed, nothing kept."""
    start, rows, v6 = cpu(resource.RUSAGE_SELF), 0, 0
    with open(f"{folder}/wide.csv", newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            v6 += ipaddress.ip_address(row["ip"]).version == 6
            datetime.datetime.strptime(row["timestamp"], "%Y-%m-%d %H:%M:%S")
            rows += 1
            if rows == ROWS // 4:
                break
    assert rows == ROWS // 4 and v6 > 0
    return rows / (cpu(resource.RUSAGE_SELF) - start)


def jq_rows(folder):
    start = cpu()
    query = '[."source.ip",."time.source",."source.port",."classification.type",."source.asn"]|@tsv'
    with open(f"{folder}/intelmq.jsonl", "rb") as f:
        done = subprocess.run(["jq", "-r", query], stdin=f, stdout=subprocess.PIPE, check=True)
    assert done.stdout.count(b"\n") == ROWS
    return ROWS / (cpu() - start)


def duckdb(folder, modules):
    done = subprocess.run(["node", f"{HERE}/duckdb.mjs", folder, modules], check=True, text=True,
                          stdout=subprocess.PIPE)
    figures = {}
    for line in done.stdout.splitlines():
        name, rows, seconds = line.split()
        assert int(rows) == ROWS, f"DuckDB counts {rows} rows"
        figures[name] = ROWS / float(seconds)
    return figures


def memory(build, folder):
    """2 GB of wide rows through the whole: the larger of the two processes, MiB."""
    path = f"{folder}/2026-01-05-scan_http-large.csv"
    size = os.path.getsize(f"{folder}/wide.csv")
    times = -(-2_000_000_000 // size)
    # in small pieces: what this process holds when the other one starts counts as the other one's
    with open(path, "wb") as out:
        for _ in range(times):
            with open(f"{folder}/wide.csv", "rb") as f:
                header = f.readline()
                out.write(header if out.tell() == 0 else b"")
                shutil.copyfileobj(f, out)
    top = os.path.dirname(HERE)
    child = subprocess.Popen([f"{build}/weir", "preview", "--json", "--sample", f"{top}/examples", path],
                             stdout=subprocess.PIPE)
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    os.unlink(path)
    assert os.waitstatus_to_exitcode(status) == 0
    assert str(times * ROWS).encode() in text, "not all records are counted"
    return usage.ru_maxrss / 1024


def table(figures):
    print("\n%-88s %14s %-7s %-14s" % ("figure", "value", "", "goal"))
    for line in open(f"{HERE}/goals.tsv", encoding="utf-8"):
        if line.startswith("#"):
            continue
        expression, goal, unit, what = line.rstrip("\n").split("\t")
        names = re.findall(r"[a-z0-9]+(?:\.[a-z0-9]+)+", expression)
        missing = [n for n in names if n not in figures]
        if missing:
            print("%-88s %14s" % (what, "not measured: " + ", ".join(missing)))
            continue
        value = figures[names[0]] / (figures[names[1]] if len(names) > 1 else 1)
        verdict = ""
        if goal:
            sign, limit = goal.split()
            good = value >= float(limit) if sign == ">=" else value <= float(limit)
            verdict = "ok" if good else "short"
        shown = f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"
        print("%-88s %14s %-7s %-14s %s" % (what, shown, unit, goal, verdict))


def main():
    build, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    figures = programs(build, folder)
    figures["python.rows"] = python_rows(folder)
    try:
        figures["jq.rows"] = jq_rows(folder)
    except FileNotFoundError:
        print("jq is not installed")
    if len(sys.argv) > 3:
        figures.update(duckdb(folder, os.path.abspath(sys.argv[3])))
    figures["memory.peak"] = memory(build, folder)
    table(figures)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main()
