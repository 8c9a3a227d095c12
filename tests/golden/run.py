#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports and what the program makes of them: run.py WEIR [--update] [NAME...]

read/FORMAT-WHAT.in or FORMAT-WHAT.in.EXT is a report; FORMAT-WHAT.out holds its events as JSON lines, and
FORMAT-WHAT.err what stands on standard error with the report's path as IN (no file: nothing), with the exit
status if it is not 0. FORMAT-WHAT.args may hold more words for "weir read", in quotes where they have blanks; a
word name=NAME gives the report that name, a word sniff leaves --format out, and @FILE is the path of FILE in
this folder. A name that begins with FORMAT of a reader that does not exist fails.

--update writes .out and .err anew: look at the difference before it is committed. NAME: only these pairs.
"""
import difflib
import glob
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases")  # no feeds there: an installed Weir has no say
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "read")


def read_or_empty(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()


def write_or_remove(path, text, keep_empty):
    if text or keep_empty:
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
    elif os.path.exists(path):
        os.remove(path)


def command_of(weir, base, report, temp):
    """The command line, and the path that stands in it for the report."""
    name, options = os.path.basename(base), ["--format", os.path.basename(base).split("-")[0]]
    for word in shlex.split(read_or_empty(base + ".args"), comments=True):
        if word.startswith("name="):
            shutil.copy(report, os.path.join(temp, word[5:]))
            report = os.path.join(temp, word[5:])
        elif word == "sniff":
            options = options[2:]
        elif word.startswith("@"):
            options.append(os.path.join(FOLDER, word[1:]))
        else:
            options.append(word)
    assert name.count("-") > 0, f"{name}: a pair is called FORMAT-WHAT"
    return [weir, "read", "--conf", CASES] + options + [report], report


def results(weir, base, report):
    with tempfile.TemporaryDirectory() as temp:
        command, path = command_of(weir, base, report, temp)
        done = subprocess.run(command, capture_output=True, timeout=120)
    err = done.stderr.decode("utf-8").replace(path, "IN")
    if done.returncode != 0:
        err += f"exit status {done.returncode}\n"
    return done.stdout.decode("utf-8"), err


def difference(name, want, have):
    lines = difflib.unified_diff(want.splitlines(), have.splitlines(), name, "now", lineterm="", n=1)
    return "\n".join(list(lines)[:40])


def check(weir, base, report, update):
    out, err = results(weir, base, report)
    if update:
        write_or_remove(base + ".out", out, True)
        write_or_remove(base + ".err", err, False)
        return ""
    if not os.path.exists(base + ".out"):
        return f"{base}.out is missing"
    wrong = [difference(base + end, read_or_empty(base + end), have)
             for end, have in ((".out", out), (".err", err)) if read_or_empty(base + end) != have]
    return "\n".join(wrong)


def main():
    words = [w for w in sys.argv[1:] if w != "--update"]
    update, weir, only = "--update" in sys.argv, words[0], words[1:]
    reports = sorted(glob.glob(os.path.join(FOLDER, "*.in")) + glob.glob(os.path.join(FOLDER, "*.in.*")))
    failed = done = 0
    for report in reports:
        base = os.path.join(FOLDER, os.path.basename(report).split(".in")[0])
        if only and os.path.basename(base) not in only:
            continue
        wrong = check(weir, base, report, update)
        done += 1
        failed += bool(wrong)
        print(f"{'FAIL' if wrong else 'ok':6}{os.path.basename(base)}{chr(10) + wrong if wrong else ''}")
    print(f"golden: {done - failed} passed, {failed} failed")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
