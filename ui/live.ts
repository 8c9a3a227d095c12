/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages that hear what is committed (the node's src/web/live.h). The page was drawn when the log of changes stood at
 * data-cursor; the stream begins there, and where it broke off it goes on, so nothing is missed. Nothing moves under the reader:
 * rows come in at the top, and not while the pointer or the focus is in the table, nor while Hold is pressed; until then their
 * number is offered. A tab that is not seen has no stream: browsers open six connections to a node, and each stream is one. */
import { element } from "./dom";
import { times } from "./times";
import { word } from "./words";

const ROWS = 200; // of a table that grows
const SAID = 10e3; // between two sentences for who listens
const TOGETHER = 1e3;
const COUNTED = 10000; // of a figure
const LEFT = 300; // after the pointer has left the table

type Row = Readonly<Record<string, string | number | boolean | null>>;
type Kind = "ready" | "finding" | "gone" | "many" | "count" | "receipt";

/** Filters of the page's own address that are not where a page of the list begins. */
function again(): string {
  const address = new URL(location.href);
  address.searchParams.delete("after");
  address.searchParams.delete("before");
  return address.href;
}

/** The address of the stream from that place on. */
export function from(events: string, cursor: string): string {
  return cursor === "" ? events : `${events}${events.includes("?") ? "&" : "?"}since=${encodeURIComponent(cursor)}`;
}

function text(row: Row, name: string): string {
  const value = row[name];
  return value === null || value === undefined ? "" : String(value);
}

function time(at: string): Node {
  // "2026-01-05T08:00:00+00:00"
  return at === "" ? document.createTextNode("-") : element("time", { datetime: at }, at.slice(0, 19).replace("T", " "));
}

function tag(cell: HTMLElement, kind: string, key: string): Node {
  const says = cell.getAttribute(`data-say-${key}`) ?? key;
  return element("span", { class: "tag", [`data-${kind}`]: key }, says);
}

function fill(cell: HTMLElement, row: Row): void {
  const name = cell.dataset["cell"] ?? "";
  const value = text(row, name);
  if (name === "severity" || name === "state") cell.replaceChildren(tag(cell, name, value));
  else if (name === "first" || name === "last") cell.replaceChildren(time(value));
  else if (name === "due") cell.replaceChildren(time(row["told"] ? "" : value));
  else if (name === "class" && row["malware"]) cell.replaceChildren(`${value} ${text(row, "malware")}`);
  else if (name === "owner") cell.replaceChildren(element("a", { href: `/owners/${encodeURIComponent(value)}` }, text(row, "owner_name") || value));
  else if (name === "place" && row["port"]) cell.replaceChildren(`${value} ${(cell.dataset["port"] ?? "{1}").replace("{1}", text(row, "port"))}`);
  else cell.replaceChildren(value);
}

/** The cell that names the row. */
function head(tr: HTMLTableRowElement): HTMLTableCellElement | null {
  return tr.querySelector("th");
}

class Live {
  private source: EventSource | null = null;
  private cursor: string;
  private held = false;
  private many = 0; // new ones that did not come as rows
  private stale = false; // more has changed than came as rows
  private waiting: Row[] = [];
  private unsaid = 0;
  private said = 0;
  private speaking = false;
  private readonly button: HTMLButtonElement;
  private readonly state: HTMLElement;
  private readonly show: HTMLAnchorElement;
  private readonly status: HTMLElement;
  private readonly template: HTMLTemplateElement | null;
  private readonly body: HTMLTableSectionElement | null;
  private readonly figures: HTMLElement | null;

  constructor(private readonly box: HTMLElement) {
    const part = <T extends Element>(selector: string): T => box.querySelector<T>(selector) as T;
    this.cursor = document.querySelector("main")?.dataset["cursor"] ?? "";
    this.button = part("button");
    this.state = part(".state");
    this.show = part("a.show");
    this.status = part("[role=status]");
    this.template = box.querySelector("template");
    const place = box.parentElement;
    this.body = this.template ? place?.querySelector<HTMLTableSectionElement>(".table tbody") ?? null : null;
    this.figures = place?.querySelector<HTMLElement>("[data-figures]") ?? null;
    this.show.href = again();
    this.listen();
    box.hidden = false;
    this.open();
  }

  private listen(): void {
    this.button.addEventListener("click", () => this.hold());
    this.show.addEventListener("click", (event) => {
      if (this.stale || !this.top()) return; // the link draws the page again
      event.preventDefault();
      this.flush(true);
    });
    const table = this.body?.closest(".table");
    const later = (): void => void setTimeout(() => this.flush(), LEFT);
    table?.addEventListener("pointerleave", later);
    table?.addEventListener("focusout", later);
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", () => this.open());
  }

  /* ---- the stream ---- */

  private open(): void {
    if (this.source || document.hidden) return;
    const source = new EventSource(from(this.box.dataset["events"] ?? "", this.cursor));
    this.source = source;
    source.addEventListener("error", () => this.say(source.readyState === EventSource.CLOSED ? "ended" : "again"));
    for (const kind of ["ready", "finding", "gone", "many", "count", "receipt"] as const)
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        if (event.lastEventId) this.cursor = event.lastEventId;
        this.hear(kind, JSON.parse(event.data) as Row);
      });
  }

  private close(): void {
    this.source?.close();
    this.source = null;
  }

  private hear(kind: Kind, data: Row): void {
    if (kind === "ready") this.say(this.held ? "held" : "live");
    else if (kind === "finding") this.finding(data);
    else if (kind === "gone") this.gone(data as unknown as string[]);
    else if (kind === "count") this.count(data);
    else if (kind === "receipt") this.receipt(data);
    else {
      this.many += Number(data["made"]);
      this.unsaid += Number(data["made"]);
      this.stale = true;
    }
    this.flush();
  }

  /** What the stream is, in a word. */
  private say(what: "live" | "again" | "held" | "ended"): void {
    this.state.dataset["live"] = what;
    this.state.textContent = word(`live-${what}`);
  }

  private hold(): void {
    this.held = !this.held;
    this.button.setAttribute("aria-pressed", String(this.held));
    if (this.source?.readyState === EventSource.OPEN) this.say(this.held ? "held" : "live");
    this.flush();
  }

  /* ---- rows ---- */

  private top(): boolean {
    return this.body !== null && this.box.dataset["top"] === "1";
  }

  private row(id: string): HTMLTableRowElement | undefined {
    return [...(this.body?.rows ?? [])].find((r) => head(r)?.textContent === id);
  }

  private finding(data: Row): void {
    const id = text(data, "finding");
    const there = this.row(id);
    if (there && !this.held) {
      this.draw(there, data);
      return;
    }
    const waits = this.waiting.findIndex((r) => r["finding"] === id);
    if (waits >= 0) this.waiting[waits] = data;
    else if (there || data["made"]) this.waiting.push(data);
    if (waits < 0 && !there && data["made"]) this.unsaid++;
  }

  /** It is no longer what the page shows: it stays where it stands, and looks it. */
  private gone(ids: readonly string[]): void {
    for (const id of ids) {
      this.row(id)?.setAttribute("data-gone", "");
      this.waiting = this.waiting.filter((r) => r["finding"] !== id);
    }
  }

  private draw(tr: HTMLTableRowElement, data: Row): void {
    const cells = this.template?.content.querySelectorAll<HTMLElement>("[data-cell]") ?? [];
    tr.removeAttribute("data-gone");
    tr.dataset["severity"] = text(data, "severity");
    cells.forEach((cell, i) => {
      const at = tr.cells[(head(tr)?.cellIndex ?? 0) + 1 + i];
      if (!at) return;
      const made = cell.cloneNode(false) as HTMLElement;
      fill(made, data);
      // a cell that is the same stays: whoever is in it is not thrown out
      if (at.textContent !== made.textContent) at.replaceChildren(...made.childNodes);
    });
    times(tr);
  }

  private insert(data: Row): void {
    const made = this.template?.content.firstElementChild?.cloneNode(true);
    const id = text(data, "finding");
    if (!(made instanceof HTMLTableRowElement) || !this.body) return;
    const link = made.querySelector("a");
    if (link) {
      // its list travels along, as with the rows that are there
      const other = this.body.querySelector<HTMLAnchorElement>("tr > th > a");
      link.href = `/findings/${encodeURIComponent(id)}${other?.search ?? ""}`;
      link.textContent = id;
    }
    const tick = made.querySelector<HTMLInputElement>("input[name=id]");
    if (tick) {
      tick.value = id;
      tick.setAttribute("aria-label", id);
    }
    this.draw(made, data);
    // newest first, in whatever order they come
    const number = (name: string): number => Number(name.slice(1));
    const older = [...this.body.rows].find((r) => number(head(r)?.textContent ?? "") < number(id));
    this.body.insertBefore(made, older ?? null);
    if (this.body.rows.length > ROWS) this.body.rows[ROWS]?.remove();
  }

  /** True while somebody reads or stands in the table. */
  private busy(): boolean {
    const table = this.body?.closest(".table");
    return table ? table.matches(":hover") || table.contains(document.activeElement) : false;
  }

  private flush(asked = false): void {
    const fresh = this.waiting.filter((r) => !this.row(text(r, "finding"))).length + this.many;
    if (this.top() && (asked || (!this.held && !this.busy() && !this.stale))) {
      for (const data of this.waiting) {
        const there = this.row(text(data, "finding"));
        if (there) this.draw(there, data);
        else this.insert(data);
      }
      this.waiting = [];
      this.show.hidden = true;
    } else {
      this.show.hidden = fresh === 0 && !this.stale;
      this.show.textContent = fresh > 0 ? word("live-show", fresh) : word("live-many");
    }
    this.speak();
  }

  /** A sentence for who listens, now and then: what comes together is one. */
  private speak(): void {
    if (this.unsaid === 0 || this.speaking) return;
    this.speaking = true;
    setTimeout(() => {
      this.speaking = false;
      this.said = Date.now();
      this.status.textContent = word("live-said", this.unsaid);
      this.unsaid = 0;
    }, Math.max(this.said + SAID - Date.now(), TOGETHER));
  }

  /* ---- figures, a report ---- */

  private count(data: Row): void {
    const names = this.figures?.dataset["figures"]?.split(" ") ?? [];
    if (this.held) this.stale = true;
    else
      this.figures?.querySelectorAll("strong").forEach((strong, i) => {
        const value = data[names[i] ?? ""];
        // as the node says it where it does not count further
        if (value !== undefined) strong.textContent = Number(value) > COUNTED ? `> ${COUNTED}` : String(value);
      });
  }

  private receipt(data: Row): void {
    const state = text(data, "state");
    const numbers = ["records", "events", "asides", "new_findings"].map((name) => text(data, name));
    if (Date.now() - this.said >= SAID || state !== "reading") {
      this.said = Date.now();
      this.status.textContent = word("live-report", ...numbers);
    }
    // the page as it is now has more to say
    if (state === "done" || state === "aside") this.stale = true;
  }
}

export function live(box: HTMLElement): void {
  new Live(box);
}
