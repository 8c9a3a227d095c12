# SPDX-License-Identifier: Apache-2.0
"""Two keyrings of GnuPG for tests of mails that are signed or encrypted: ours, and that of who writes to us. They go with the test."""
import atexit
import shutil
import subprocess
import tempfile

# short, since the agent's socket lies there
HOME, THEIRS = (tempfile.mkdtemp(prefix="pgp-", dir="/tmp") for _ in range(2))


@atexit.register
def put_away():
    for home in (HOME, THEIRS):
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], check=False)
        shutil.rmtree(home, ignore_errors=True)


def gpg(*words, data=None, home=HOME):
    return subprocess.run(["gpg", "--homedir", home, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--trust-model", "always", *words],
                          input=data, capture_output=True, timeout=120, check=True).stdout


def key(who, home):
    """A key to sign and one below it to encrypt; its fingerprint."""
    gpg("--passphrase", "", "--quick-generate-key", who, "ed25519", "sign", "1y", home=home)
    fpr = next(line.split(":")[9] for line in gpg("--with-colons", "--list-keys", who, home=home).decode().splitlines() if line.startswith("fpr"))
    gpg("--passphrase", "", "--quick-add-key", fpr, "cv25519", "encr", "1y", home=home)
    return fpr
