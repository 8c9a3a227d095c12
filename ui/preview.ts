/* SPDX-License-Identifier: Apache-2.0
 *
 * The difference that an amendment makes, while it is written: what the node answers to "Preview" is asked for at each pause, and its part is
 * shown above the form, without the button that signs. The browser reads the node's page as a page; nothing here makes markup of text. */
import { element } from "./dom";

const PAUSE = 600; // after the last key

/** The part of that page which shows the amendment; null: another page came, such as the way in. */
function shown(page: Document | null): Element | null {
  const part = page?.getElementById("h-preview")?.closest("section");
  if (!part) return null;
  const copy = document.importNode(part, true);
  for (const form of copy.querySelectorAll("form")) form.remove();
  for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
  copy.removeAttribute("aria-labelledby");
  return copy;
}

export function preview(form: HTMLFormElement): void {
  const place = element("div", { class: "preview" });
  let asked: XMLHttpRequest | null = null;
  let timer = 0;
  const ask = (): void => {
    asked?.abort();
    asked = new XMLHttpRequest();
    asked.open("POST", form.action);
    asked.responseType = "document";
    asked.onload = (): void => {
      const part = asked?.status === 200 ? shown(asked.responseXML) : null;
      place.replaceChildren(...(part ? [part] : []));
    };
    asked.send(new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, String(v)])));
  };
  form.before(place);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  });
}
