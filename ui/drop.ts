/* SPDX-License-Identifier: Apache-2.0
 *
 * The drop box: files go to the node one after the other, each as the form would send it by itself, with how far it has
 * come. The node is asked for plain text; each line of it is a line below the box. An answer that is a page (the form's own,
 * or the way in when the session is over) is gone to when all files are sent. */
import { element } from "./dom";
import { word } from "./words";

interface Box {
  readonly form: HTMLFormElement;
  readonly input: HTMLInputElement;
  readonly bar: HTMLProgressElement;
  readonly lines: HTMLElement;
  readonly waiting: File[];
  busy: boolean;
  page: string; // to go to in the end; empty: stay
}

function say(box: Box, text: string, kind = ""): void {
  box.lines.append(element("li", kind ? { class: kind } : {}, text));
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
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
  box.bar.hidden = true;
  next(box);
}

function send(box: Box, file: File): void {
  const data = new FormData(box.form); // with the token, which stands before the file
  data.set(box.input.name, file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", box.form.getAttribute("action") ?? "");
  request.setRequestHeader("Accept", "text/plain");
  request.upload.addEventListener("progress", (event) => {
    box.bar.max = event.total;
    box.bar.value = event.loaded;
  });
  // what the node reads it into is not known before it answers: a bar without an end
  request.upload.addEventListener("load", () => box.bar.removeAttribute("value"));
  request.addEventListener("load", () => answered(box, file, request));
  request.addEventListener("error", () => say(box, word("lost", file.name), "error"));
  request.addEventListener("loadend", () => ended(box));
  box.bar.hidden = false;
  box.bar.value = 0;
  box.bar.setAttribute("aria-label", file.name);
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
  const bar = form.querySelector("progress");
  if (!input || !bar) return;
  const lines = element("ul", { class: "results", role: "log", "aria-label": word("results") });
  const box: Box = { form, input, bar, lines, waiting: [], busy: false, page: "" };
  form.append(lines);
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
