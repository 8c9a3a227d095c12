/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody types into a form outlives a session that ends meanwhile: it is kept in the browser, for the person and the
 * page, until the form is sent and the page comes back, and for a day at most. Passwords, codes, files and hidden fields are
 * never kept. Whoever leaves takes the drafts with him. */
import { element } from "./dom";
import { word } from "./words";

const DAY = 86400e3;
const UNKEPT = new Set(["off", "one-time-code", "username"]);
const TYPES = new Set(["text", "search", "email", "textarea"]);

type Field = HTMLInputElement | HTMLTextAreaElement;
interface Draft {
  readonly at: number;
  readonly fields: Record<string, string>;
}

function prefix(): string {
  return `draft ${document.body.dataset["person"] ?? ""} `;
}

/** One form of several that go to one address is told from the others by what it is about: its hidden fields, and the page's parameters. */
function name(form: HTMLFormElement): string {
  const hidden = form.querySelectorAll<HTMLInputElement>("[type=hidden]:not([name=csrf], [name=back])");
  const about = [...hidden].map((e) => e.value);
  return `${prefix()}${location.pathname}${location.search} ${form.getAttribute("action")} ${about.join()}`;
}

function fields(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (e): e is Field =>
      (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement) && TYPES.has(e.type) && !UNKEPT.has(e.autocomplete) && e.name !== "",
  );
}

function read(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    return draft && Date.now() - draft.at < DAY ? draft : null;
  } catch {
    return null;
  }
}

function keep(form: HTMLFormElement): void {
  const changed = fields(form).filter((f) => f.value !== f.defaultValue);
  const key = name(form);
  try {
    if (changed.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: Object.fromEntries(changed.map((f) => [f.name, f.value])) }));
  } catch {
    // no room, or the browser keeps nothing: then there is no draft
  }
}

function back(form: HTMLFormElement): void {
  const draft = read(name(form));
  if (!draft) {
    localStorage.removeItem(name(form));
    return;
  }
  const found = fields(form).filter((f) => draft.fields[f.name] !== undefined && f.value === f.defaultValue);
  if (found.length === 0) return;
  for (const f of found) f.value = draft.fields[f.name] ?? "";
  const drop = element("button", { type: "button" }, word("draft-drop"));
  const when = new Date(draft.at).toISOString().slice(0, 16).replace("T", " ");
  const note = element("p", { class: "note", role: "status" }, `${word("draft", when)} `, drop);
  drop.addEventListener("click", () => {
    for (const f of found) f.value = f.defaultValue;
    localStorage.removeItem(name(form));
    note.remove();
  });
  form.prepend(note);
}

function leave(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix())) localStorage.removeItem(key);
}

/** A form that was sent is done with once the page that follows is there; if the way in comes instead, the draft stays. */
export function drafts(): void {
  const sent = sessionStorage.getItem("sent");
  sessionStorage.removeItem("sent");
  if (sent !== null && document.body.dataset["person"] !== undefined && !document.querySelector(".wrong")) localStorage.removeItem(sent);
  for (const form of document.querySelectorAll<HTMLFormElement>('form[method="post"]')) {
    if (form.getAttribute("action") === "/leave") {
      form.addEventListener("submit", leave);
    } else if (fields(form).length > 0) {
      back(form);
      form.addEventListener("input", () => keep(form));
      form.addEventListener("submit", () => sessionStorage.setItem("sent", name(form)));
    }
  }
}
