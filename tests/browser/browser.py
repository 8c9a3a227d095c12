# SPDX-License-Identifier: Apache-2.0
"""A browser of the tests: Debian's Chromium without a window, started once per test file, with a profile of its own that
is removed again. What a page must hold is checked by passes(): an empty log, no control without a name, text that can be
read, nothing wider than the window, nothing too small to press. WEIR_SHOTS names a folder for pictures of the pages."""
import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time

CHROMIUM, DRIVER, PDFTOTEXT = "/usr/bin/chromium", "/usr/bin/chromedriver", "/usr/bin/pdftotext"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars"]
SIZES = {"desk": (1280, 900), "phone": (360, 740)}
# Roles of the accessibility tree that say nothing without a name.
NAMED = {"button", "link", "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "image", "img", "table", "dialog",
         "region", "progressbar", "progressIndicator", "navigation", "log"}
failed, passed = [], 0

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service
except ImportError:
    webdriver = None


def check(what, good, seen=""):
    global passed
    passed += bool(good)
    if not good:
        failed.append(what)
        print(f"FAILED  {what}: {seen}")


def waited(what, good, seconds=120):
    """Checks it, once it is so. An element that goes away with its page while it is asked is not so yet."""
    until = time.monotonic() + seconds
    seen = False
    while not seen and time.monotonic() < until:
        try:
            seen = good()
        except WebDriverException:
            pass
        if not seen:
            time.sleep(0.05)
    check(what, seen)


def end():
    """With what was checked of the node itself."""
    program = sys.modules.get("program")
    good, bad = (passed + program.passed, failed + program.failed) if program else (passed, failed)
    print(f"{good} passed, {len(bad)} failed")
    sys.exit(1 if bad or not good else 0)


def needed():
    """Ends with 77 and a sentence where the tests of the pages cannot be made."""
    missing = [package for package, there in (("chromium", os.path.exists(CHROMIUM)), ("chromium-driver", os.path.exists(DRIVER)),
                                              ("poppler-utils", os.path.exists(PDFTOTEXT)), ("python3-selenium", webdriver)) if not there]
    if missing:
        print(f"no browser here: the Debian package {', '.join(missing)} is not installed")
        sys.exit(77)


# Text against what it stands on (WCAG 2.2, 1.4.3); the page's own colours only, so a picture behind text is not seen.
CONTRAST = """
const wrong = [];
const parse = (c) => { const n = c.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; }
  return [255, 255, 255, 1]; };
let seen = 0;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let t; (t = walk.nextNode());) {
  const e = t.parentElement, box = e.getBoundingClientRect();
  if (!t.data.trim() || box.width < 2 || box.height < 2 || e.matches(":disabled")) continue;
  const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  seen++;
  if (ratio < 4.5) wrong.push(`${t.data.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
}
return [seen, wrong];
"""
# Targets (WCAG 2.2, 2.5.8): 24 pixels each way, but for a link within a line of text.
SMALL = """
const wrong = [];
for (const e of document.querySelectorAll("button, input:not([type=hidden]), select, textarea, nav a, th > a, td > a, .figures a")) {
  const box = e.getBoundingClientRect();
  if (box.width && (box.width < 24 || box.height < 24)) wrong.push(`${e.tagName} ${e.textContent} ${box.width}x${box.height}`);
}
return wrong;
"""
# Words in cells that stand in two lines, as they do when a column is pressed together; places of findings may.
SPELLED = """
const wrong = [], range = document.createRange();
const walk = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
for (let t; (t = walk.nextNode());) {
  const cell = t.parentElement.closest("td");
  if (!cell || t.parentElement.closest("code, pre, .unseen, .rows:not(.prose), details:not([open])")) continue;
  for (const m of t.data.matchAll(/(?<![\\p{L}\\p{N}.\\/:@-])[a-z]{3,12}(?![\\p{L}\\p{N}.\\/:@-])/giu)) {
    range.setStart(t, m.index);
    range.setEnd(t, m.index + m[0].length);
    if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) wrong.push(m[0]);
  }
}
return wrong;
"""


class Browser:
    def __init__(self):
        needed()
        self.folder = tempfile.mkdtemp(prefix="weir-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in [*FLAGS, f"--user-data-dir={self.folder}", "--window-size=1280,900"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.driver.set_page_load_timeout(120)
        self.driver.set_script_timeout(120)
        self.width = SIZES["desk"][0]
        self.shots = os.environ.get("WEIR_SHOTS", "")

    def stop(self):
        self.driver.quit()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cdp(self, method, **parameters):
        return self.driver.execute_cdp_cmd(method, parameters)

    def js(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def look(self, *, size="desk", dark=False, media=""):
        """From now on: the window's size, the desktop's colours, screen or paper."""
        self.width, height = SIZES[size]
        self.cdp("Emulation.setDeviceMetricsOverride", width=self.width, height=height, deviceScaleFactor=1, mobile=size == "phone")
        self.cdp("Emulation.setEmulatedMedia", media=media,
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def scripts(self, on):
        self.cdp("Emulation.setScriptExecutionDisabled", value=not on)

    def load(self, url):
        self.driver.get(url)
        self.js("return document.fonts.ready.then(() => true)")

    def log(self):
        """What the browser complained of since the last time: refused by the policy, not found, thrown."""
        return [line["message"] for line in self.driver.get_log("browser")]

    def nameless(self):
        """Controls and regions that a screen reader has no name for."""
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        check("the accessibility tree is there", len(nodes) > 5, len(nodes))
        return [n["role"]["value"] for n in nodes if not n.get("ignored") and n["role"]["value"] in NAMED
                and not n.get("name", {}).get("value", "").strip()]

    def passes(self, what):
        """What holds for every page, as it now stands."""
        check(f"{what}: nothing is logged", not (log := self.log()), log)
        check(f"{what}: everything has a name", not (names := self.nameless()), names)
        seen, faint = self.js(CONTRAST)
        check(f"{what}: text can be read", seen and not faint, faint)
        check(f"{what}: nothing is too small to press", not (small := self.js(SMALL)), small)
        check(f"{what}: no word in a cell is broken", not (spelled := self.js(SPELLED)), spelled)
        # not against innerWidth, which on a phone grows with the page
        wide = self.js("return document.documentElement.scrollWidth")
        check(f"{what}: the page does not scroll sideways", wide <= self.width, wide)
        self.shot(what)

    def shot(self, name):
        """The whole page as a picture, where somebody wants to look at it."""
        if not self.shots:
            return
        os.makedirs(self.shots, exist_ok=True)
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        data = self.cdp("Page.captureScreenshot", captureBeyondViewport=True,
                        clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})["data"]
        self.keep(name + ".png", base64.b64decode(data))

    def paper(self, name):
        """The text of each page of paper (A4)."""
        data = base64.b64decode(self.cdp("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)["data"])
        if self.shots:
            self.keep(name + ".pdf", data)
        text = subprocess.run([PDFTOTEXT, "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
        return text.split("\f")[:-1]

    def keep(self, name, data):
        with open(os.path.join(self.shots, name.replace(" ", "-").replace(",", "")), "wb") as f:
            f.write(data)

    def fonts(self, selector):
        """Names of the fonts that an element's letters come from; True where the page brought it."""
        self.cdp("DOM.enable")
        self.cdp("CSS.enable")
        root = self.cdp("DOM.getDocument")["root"]["nodeId"]
        node = self.cdp("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        return {f["familyName"]: f["isCustomFont"] for f in self.cdp("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]}
