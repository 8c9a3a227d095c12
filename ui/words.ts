/* SPDX-License-Identifier: Apache-2.0
 *
 * What the script says by itself stands in the page, in its language: the words of words.tbl that begin with UI_, each an
 * attribute of body, data-ui-NAME. */

/** The word of that name ("sending"), with {1}, {2} filled in. */
export function word(name: string, ...values: (string | number)[]): string {
  const text = document.body.getAttribute(`data-ui-${name}`) ?? name;
  return text.replace(/\{(\d)\}/g, (whole, n: string) => String(values[Number(n) - 1] ?? whole));
}
