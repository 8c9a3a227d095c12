/* SPDX-License-Identifier: Apache-2.0
 *
 * The drop box: files go to the node one after the other, each as the form would send it by itself. Meanwhile the node is asked
 * how far it is, which is less than what the browser has given away, and what it sees in the first part: who has dropped the
 * wrong file stops before it is whole, and nothing of it is kept. The node is asked for plain text; each line of it is a line
 * below the box. An answer that is a page (the form's own, or the way in when the session is over) is gone to when all files
 * are sent. */
import { element } from "./dom";
import { type Look, look, size } from "./look";
import { word } from "./words";

const ASK = 500; // from one question to the next

/** What the node says of a report on its way in (GET /api/v1/uploads/KEY). */
interface Upload {
  readonly received: number | null; // null: no report of this key is on its way
  readonly look: Look | null;
}

interface Box {
  readonly form: HTMLFormElement;
  readonly input: HTMLInputElement;
  readonly bar: HTMLProgressElement;
  readonly stop: HTMLButtonElement;
  readonly seen: HTMLElement; // what the first look shows
  readonly lines: HTMLElement;
  readonly waiting: File[];
  busy: boolean;
  page: string; // to go to in the end; empty: stay
}

function say(box: Box, text: string, kind = ""): void {
  box.lines.append(element("li", kind ? { class: kind } : {}, text));
}

function answered(box: Box, file: File, request: XMLHttpRequest): void {
  const good = request.status >= 200 && request.status < 300;
  const type = request.getResponseHeader("Content-Type") ?? "";
  if (type.startsWith("text/plain")) {
    for (const line of request.responseText.split("\n")) if (line.trim()) say(box, line, good ? "" : "error");
  } else if (good) {
    say(box, word("taken", file.name));
    box.page = request.responseURL;
  } else {
    say(box, word("refused", file.name, request.status), "error");
  }
}

function ended(box: Box): void {
  box.busy = false;
  box.bar.hidden = box.stop.hidden = true;
  box.seen.replaceChildren();
  next(box);
}

/** 128 bits by which the node knows this delivery, and by which it is asked about it. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(box: Box, file: File, upload: Upload): void {
  box.bar.max = file.size;
  box.bar.value = Math.min(upload.received ?? 0, file.size);
  if (upload.look) box.seen.replaceChildren(...look(upload.look));
}

/** Asks until the request is over. Where the node cannot be asked, the bar says what the browser has sent. */
function watch(box: Box, file: File, key: string, request: XMLHttpRequest): void {
  let told = false, sent = false, over = false;
  request.upload.addEventListener("progress", (event) => {
    if (told) return;
    box.bar.max = event.total;
    box.bar.value = event.loaded;
  });
  // what the browser has sent may still be on its way; the last bytes are here when the node knows of no upload any more
  request.upload.addEventListener("load", () => (sent = true));
  const ask = async (): Promise<void> => {
    const answer = await fetch(`/api/v1/uploads/${key}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (over) return;
    const upload = answer?.ok ? ((await answer.json()) as Upload) : null;
    if (over) return;
    told = upload !== null && upload.received !== null;
    if (upload && told) show(box, file, upload);
    if (sent && upload && !told) {
      box.bar.removeAttribute("value");
      box.stop.hidden = true; // it is whole, and being accepted
    } else window.setTimeout(ask, ASK);
  };
  const first = window.setTimeout(ask, ASK);
  request.addEventListener("loadend", () => {
    over = true;
    window.clearTimeout(first);
  });
}

function send(box: Box, file: File): void {
  const data = new FormData(box.form); // with the token, which stands before the file
  data.set(box.input.name, file, file.name);
  const request = new XMLHttpRequest();
  const key = newKey();
  request.open("POST", box.form.getAttribute("action") ?? "");
  request.setRequestHeader("Accept", "text/plain");
  request.setRequestHeader("Idempotency-Key", key);
  watch(box, file, key, request);
  request.addEventListener("load", () => answered(box, file, request));
  request.addEventListener("error", () => say(box, word("lost", file.name), "error"));
  request.addEventListener("abort", () => say(box, word("stopped", file.name), "note"));
  request.addEventListener("loadend", () => ended(box));
  box.bar.hidden = box.stop.hidden = false;
  box.bar.value = 0;
  box.bar.setAttribute("aria-label", file.name);
  box.stop.onclick = () => request.abort();
  say(box, word("sending", file.name, size(file.size)), "note");
  request.send(data);
}

function next(box: Box): void {
  if (box.busy) return;
  const file = box.waiting.shift();
  if (file) {
    box.busy = true;
    send(box, file);
  } else if (box.page) {
    location.assign(box.page);
  }
}

function take(box: Box, files: FileList | null | undefined): void {
  box.waiting.push(...(files ?? []));
  box.input.value = ""; // the same file may come again
  next(box);
}

function dragged(box: Box): void {
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    box.form.dataset["over"] = "";
  };
  box.form.addEventListener("dragenter", over);
  box.form.addEventListener("dragover", over);
  box.form.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && box.form.contains(event.relatedTarget))) delete box.form.dataset["over"];
  });
  box.form.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    delete box.form.dataset["over"];
    take(box, event.dataTransfer.files);
  });
}

export function drop(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type="file"]');
  if (!input) return;
  const bar = element("progress", { hidden: "" });
  const stop = element("button", { type: "button", hidden: "" }, word("stop"));
  const seen = element("div", { class: "look", role: "status" });
  const lines = element("ul", { class: "results", "aria-live": "polite", "aria-label": word("results") });
  const box: Box = { form, input, bar, stop, seen, lines, waiting: [], busy: false, page: "" };
  input.multiple = true; // without this script a form takes one
  form.append(bar, stop, seen, lines);
  dragged(box);
  form.addEventListener("submit", (event) => {
    if (!input.files?.length) return; // the browser, or the node, says what is missing
    event.preventDefault();
    take(box, input.files);
  });
  window.addEventListener("beforeunload", (event) => {
    if (box.busy) event.preventDefault();
  });
}
