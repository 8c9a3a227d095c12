/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys move the reader, none of them acts on the world. They are silent while a field has the focus, with Ctrl, Alt or Meta,
 * and while a dialog is open. */
import { element } from "./dom";
import { word } from "./words";

const FIELDS = "input, textarea, select, [contenteditable]";

function row(key: string, what: string): Node[] {
  return [element("dt", {}, element("kbd", {}, key)), element("dd", {}, what)];
}

function help(): HTMLDialogElement {
  const close = element("button", { type: "button" }, word("close"));
  const heading = element("h2", { id: "h-keys" }, word("keys"));
  const list = element("dl", { class: "facts" });
  if (search()) list.append(...row("/", word("search")));
  if (beside("next") || beside("prev")) list.append(...row("j", word("next")), ...row("k", word("prev")));
  list.append(...row("?", word("help")), ...row("Esc", word("escape")));
  const dialog = element("dialog", { "aria-labelledby": heading.id }, heading, list, close);
  close.addEventListener("click", () => dialog.close());
  return dialog;
}

function search(): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>("#q");
}

/** The link to what stands behind or before this: a finding of the same list, a page of it. */
function beside(rel: "next" | "prev"): HTMLAnchorElement | null {
  return document.querySelector<HTMLAnchorElement>(`main a[rel=${rel}]`);
}

export function keys(): void {
  const dialog = help();
  const button = element("button", { type: "button", "aria-haspopup": "dialog" }, word("keys"));
  button.addEventListener("click", () => dialog.showModal());
  document.querySelector("body > footer")?.append(button);
  document.body.append(dialog);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]") || (event.target instanceof Element && event.target.closest(FIELDS))) return;
    if (event.key === "?") {
      dialog.showModal();
    } else if (event.key === "/" && search()) {
      search()?.select();
      search()?.focus();
    } else if (event.key === "j" || event.key === "k") {
      const link = beside(event.key === "j" ? "next" : "prev");
      if (!link) return;
      link.click();
    } else {
      return;
    }
    event.preventDefault();
  });
}
