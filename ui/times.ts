/* SPDX-License-Identifier: Apache-2.0 */

/** Times stand in UTC on the page; the reader's own is said when the pointer rests on one. */
export function times(root: ParentNode): void {
  const local = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
    dateStyle: "full",
    timeStyle: "long",
    numberingSystem: "latn",
  });
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    // without a zone it would be read as local, which it is not
    const at = /(Z|[+-]\d\d:\d\d)$/.test(time.dateTime) ? Date.parse(time.dateTime) : NaN;
    if (!Number.isNaN(at)) time.title = local.format(at);
  }
}
