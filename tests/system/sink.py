# SPDX-License-Identifier: Apache-2.0
"""A mail server for the tests: takes letters and keeps them, or answers what the test says."""
import email
import email.policy
import socketserver
import threading


class Sink:
    """letters: list of (recipient, parsed mail). refuse: {recipient: "550 no"}; delay: seconds before the last answer."""

    def __init__(self):
        self.letters, self.refuse, self.delay = [], {}, 0
        self.stopped = threading.Event()
        sink = self

        class Session(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write((text + "\r\n").encode())

            def handle(self):
                try:
                    self.talk()
                except (ConnectionError, BrokenPipeError):
                    pass

            def talk(self):
                self.say("220 sink")
                to = []
                while line := self.rfile.readline().decode().strip():
                    word = line.upper()
                    if word.startswith("EHLO"):
                        self.say("250-sink\r\n250-8BITMIME\r\n250 SIZE 100000000")
                    elif word.startswith("RCPT"):
                        address = line[line.index("<") + 1:line.index(">")]
                        no = sink.refuse.get(address)
                        self.say(no or "250 ok")
                        to += [] if no else [address]
                    elif word == "DATA":
                        self.data(to)
                        to = []
                    elif word == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

            def data(self, to):
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b".") else line)
                if not line:
                    return
                mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                sink.letters += [(address, mail) for address in to]
                if sink.delay:
                    sink.stopped.wait(sink.delay)
                self.say("250 taken")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def ids(self):
        return [mail["Message-ID"] for _, mail in self.letters]
