/* SPDX-License-Identifier: Apache-2.0 */

/** All that the script says by itself, in one place. */
export const words = {
  keys: "Keys",
  search: "go to the search field",
  help: "show this list",
  escape: "close this list",
  close: "Close",
  results: "What became of the files",
  sending: (name: string, size: string) => `${name}: sending ${size}`,
  taken: (name: string) => `${name}: taken`,
  refused: (name: string, status: number) => `${name}: the node did not take it (status ${status})`,
  lost: (name: string) =>
    `${name}: the connection ended before the node answered. See whether the file stands among the reports; if not, send it again.`,
};
