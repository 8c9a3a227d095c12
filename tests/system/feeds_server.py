# SPDX-License-Identifier: Apache-2.0
"""A server of pages, for feeds that are fetched."""
import http.server
import threading


class Server(http.server.ThreadingHTTPServer):
    """pages: path -> (status, body, ETag); asked: (path, If-None-Match, a header of ours)."""
    daemon_threads = True

    def __init__(self):
        self.pages, self.asked = {}, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                s = self.server
                known = self.headers.get("If-None-Match")
                s.asked.append((self.path, known, self.headers.get("Auth-Key")))
                status, body, tag = s.pages.get(self.path, (404, b"", None))
                if tag and known == tag:
                    status, body = 304, b""
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("Location", body.decode())
                    body = b""
                if tag:
                    self.send_header("ETag", tag)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, page):
        return f"http://127.0.0.1:{self.server_address[1]}{page}"
