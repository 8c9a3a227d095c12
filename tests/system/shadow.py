# SPDX-License-Identifier: Apache-2.0
"""A server that answers as the API of Shadowserver does, and checks what is signed."""
import datetime
import hashlib
import hmac
import http.server
import json
import threading
import time

KEY, SECRET = "k3y", "s3cret"
HEAD = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","region","city","naics","hostname_source","sector"\n'


def report(*hosts):
    return (HEAD + "".join(f'"2026-01-05 01:02:03","high","192.0.2.{h}","tcp",443,,"exchange",64496,"XA",,,,,\n' for h in hosts)).encode()


class Server(http.server.ThreadingHTTPServer):
    """reports: id -> (file, type, day, bytes or status). asked: what was listed; given: ids in order."""
    daemon_threads = True

    def __init__(self):
        self.reports, self.asked, self.given, self.bad, self.slow, self.on_give = {}, [], [], [], 0, None

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                s, body = self.server, self.rfile.read(int(self.headers["Content-Length"]))
                want = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
                query = json.loads(body)
                if not hmac.compare_digest(self.headers.get("HMAC2", ""), want) or query.pop("apikey") != KEY:
                    s.bad.append(self.path)
                    return self.say(401, b'{"error": "HMAC2 or key is wrong"}')
                if self.path == "/api2/reports/list":
                    s.asked.append(query)
                    first, last = query["date"].split(":")
                    rows = [{"id": i, "file": f, "type": t, "report": "xa-all", "timestamp": d} for i, (f, t, d, _) in s.reports.items()
                            if first <= d <= last]
                    return self.say(200, json.dumps(rows).encode())
                if self.path == "/api2/reports/download":
                    return self.give(query["id"])
                return self.say(404, b"{}")

            def do_GET(self):
                self.give(self.path[len("/files/"):])

            def give(self, i):
                s = self.server
                time.sleep(s.slow)
                if s.on_give is not None:
                    s.on_give()
                what = s.reports[i][3] if i in s.reports else 404
                s.given.append(i)
                self.say(what if isinstance(what, int) else 200, b"no" if isinstance(what, int) else what)

            def say(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, page):
        return f"http://127.0.0.1:{self.server_address[1]}{page}"

    def add(self, i, kind, *hosts, back=1, body=None):
        day = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=back)).strftime("%Y-%m-%d")
        self.reports[i] = (f"{day}-{kind}-xa-geo.csv", kind, day, report(*hosts) if body is None else body)
