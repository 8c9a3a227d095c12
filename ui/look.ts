/* SPDX-License-Identifier: Apache-2.0
 *
 * What the node sees in the first part of a report that is still on its way, in words. Sentences about records come from the
 * reader, and with them values of the report: text, never more. */
import { element } from "./dom";
import { word } from "./words";

export interface Look {
  readonly bytes: number; // of the first part
  readonly format: string; // empty: no reader knows it
  readonly sure: boolean;
  readonly inside: string; // of a container: the format of what lies in it
  readonly type: string;
  readonly identifier: string;
  readonly records: number;
  readonly asides: number;
  readonly events: number;
  readonly owned?: number; // of events; not for an account that sees some owners only
  readonly first: readonly { readonly line: number; readonly text: string }[];
  readonly sentence: string; // why it cannot be read
}

export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "archive / shadowserver, vulnerable-system open-rdp" */
function format(look: Look): string {
  const what = [look.type, look.identifier].filter((part) => part !== "").join(" ");
  return [look.inside === "" ? look.format : `${look.format} / ${look.inside}`, what].filter((part) => part !== "").join(", ");
}

function line(text: string, kind = ""): HTMLElement {
  return element("p", kind ? { class: kind } : {}, text);
}

/** Sentences of readers are English in all languages. */
function asides(look: Look): HTMLElement {
  return element("ul", {}, ...look.first.map((a) => element("li", {}, word("line", a.line), " ", element("span", { lang: "en" }, a.text))));
}

export function look(look: Look): HTMLElement[] {
  const part = size(look.bytes);
  if (look.format === "") return [line(word("look-unknown", part), "error")];
  if (look.sentence !== "")
    return [line(word("look-bad", part, format(look)), "error"), element("p", { class: "error", lang: "en" }, look.sentence)];
  if (look.records === 0) return [line(word("look-later", part, format(look)))];
  const said = [line(word("look", part, format(look), look.records, look.asides), look.asides * 2 > look.records ? "error" : "")];
  if (!look.sure) said.push(line(word("look-unsure")));
  if (look.owned !== undefined) said.push(line(word("look-whose", look.owned, look.events - look.owned)));
  if (look.first.length > 0) said.push(asides(look));
  return said;
}
