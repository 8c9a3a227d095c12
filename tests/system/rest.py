# SPDX-License-Identifier: Apache-2.0
"""A node at rest: what a large report needed of memory goes back to the system when it is done. For release builds."""
from node import Node
from program import check, end, path, until, write

LIMIT_MIB = 30
HEAD = '"timestamp","severity","ip","protocol","port","hostname","tag"\n'
node = Node("n", "--dry-run").start()


def rows(n):
    return (HEAD + "".join(f'"2026-01-05 00:{i % 60:02}:00","high","192.0.2.{i % 125}","tcp","{i % 60000 + 1}","host-of-a-bank-{i}.bank.example","rdp"\n'
                           for i in range(n))).encode()


def take(name, n):
    write(name, rows(n))
    return node.run("take", "--wait", path(name))


def core():
    """MiB of the process that writes."""
    pid = next(pid for pid, name in node.processes() if name == "weir-core")
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:")) / 1024


p = take("2026-01-05-scan_rdp-example-geo.csv", 60000)
check("taken", p.returncode == 0, p.stderr)
check("findings", node.count("findings") == 60000, node.count("findings"))
check("at rest", until(lambda: core() <= LIMIT_MIB), f"{core():.1f} MiB")
check("it goes on", take("2026-01-06-scan_rdp-example-geo.csv", 100).returncode == 0)
node.stop()
end()
