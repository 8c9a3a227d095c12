# SPDX-License-Identifier: Apache-2.0
"""Dovecot with a configuration of its own in a folder of its own, on ports of 127.0.0.1, as root or as whoever runs the
tests; mails are put into it and looked at by IMAP. here() is false where it is not installed."""
import atexit
import grp
import http.server
import imaplib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

PROGRAM = "/usr/sbin/dovecot"


def here():
    return os.access(PROGRAM, os.X_OK) and os.path.exists("/usr/lib/dovecot/imap") and shutil.which("openssl")


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Tokens(http.server.ThreadingHTTPServer):
    """Whose a bearer token is, as Dovecot asks."""
    daemon_threads = True

    def __init__(self, tokens):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("t", [""])[0]
                body = json.dumps({"email": tokens[token]} if token in tokens else {"error": "invalid_token"}).encode()
                self.send_response(200 if token in tokens else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Cut:
    """Passes connections on to a port, and ends one when the client says a word: before or after the server hears it."""

    def __init__(self, to, word, times):
        self.word, self.times, self.listener = word, times, socket.create_server(("127.0.0.1", 0))
        self.to, self.port, self.cuts = to, self.listener.getsockname()[1], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.to))
            threading.Thread(target=self.back, args=(server, client), daemon=True).start()
            threading.Thread(target=self.forth, args=(client, server), daemon=True).start()

    def forth(self, client, server):
        try:
            while data := client.recv(65536):
                cut = self.word in data and self.cuts < self.times
                self.cuts += cut
                if cut:
                    client.shutdown(socket.SHUT_RDWR)
                if not cut or self.cuts % 2 == 0:
                    server.sendall(data)
                if cut:
                    time.sleep(0.3)  # the server does what it has heard
                    break
        except OSError:
            pass
        for s in (client, server):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    @staticmethod
    def back(server, client):
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass


class Dovecot:
    def __init__(self, users, tokens):
        """users: name -> password; tokens: bearer token -> name."""
        self.folder, self.users = tempfile.mkdtemp(prefix="weir-dovecot-"), users
        os.chmod(self.folder, 0o755)
        self.tokens, self.port, self.tls_port = Tokens(tokens), port(), port()
        owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        me = None if os.getuid() == 0 else owner.pw_name
        self.write("users", "".join(f"{u}:{{PLAIN}}{p}\n" for u, p in users.items()))
        self.write("oauth", f"tokeninfo_url = http://127.0.0.1:{self.tokens.server_address[1]}/?t=\nusername_attribute = email\n")
        os.makedirs(self.path("mail"))
        os.chown(self.path("mail"), owner.pw_uid, owner.pw_gid)
        self.cert = self.path("cert.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", self.path("key.pem"), "-out", self.cert],
                       check=True, capture_output=True)
        self.write("conf", f"""base_dir = {self.path('run')}
state_dir = {self.path('state')}
log_path = {self.path('log')}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.cert}
ssl_key = <{self.path('key.pem')}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:{self.path('mail')}/%u
first_valid_uid = 1
{'' if me is None else f'default_internal_user = {me}{chr(10)}default_internal_group = {pwd_group()}{chr(10)}default_login_user = {me}'}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.path('oauth')}
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = {self.path('users')}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={self.path('mail')}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
""")
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", self.path("conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        atexit.register(self.stop)
        for _ in range(100):
            try:
                self.box(next(iter(users))).logout()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"dovecot does not start: {self.said()}")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def said(self):
        if not os.path.exists(self.path("log")):
            return self.process.stderr.read() if self.process.poll() is not None else "nothing"
        with open(self.path("log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def box(self, user):
        box = imaplib.IMAP4("127.0.0.1", self.port)
        box.login(user, self.users[user])
        return box

    def create(self, user, folder):
        box = self.box(user)
        box.create(folder)
        box.logout()

    def put(self, user, mail, folder="INBOX", flags=None):
        box = self.box(user)
        status, said = box.append(folder, flags, None, mail)
        box.logout()
        assert status == "OK", said

    def mails(self, user, folder="INBOX"):
        """Subject and flags of each, without changing one."""
        box = self.box(user)
        status, _ = box.select(f'"{folder}"', readonly=True)
        found = []
        if status == "OK":
            _, rows = box.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])") if int(_[0]) else ("OK", [])
            for row in (r for r in rows if isinstance(r, tuple)):
                flags = re.search(rb"FLAGS \(([^)]*)\)", row[0]).group(1).decode().split()
                subject = re.sub(r"^Subject: *", "", row[1].decode().strip(), flags=re.I)
                found.append((subject, frozenset(f for f in flags if f != "\\Recent")))
        box.logout()
        return sorted(found, key=str)

    def stop(self):
        atexit.unregister(self.stop)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.tokens.shutdown()
        shutil.rmtree(self.folder)


def pwd_group():
    return grp.getgrgid(os.getgid()).gr_name
