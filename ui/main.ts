/* SPDX-License-Identifier: Apache-2.0
 *
 * What HTML cannot do by itself. Every page is whole without it: the node draws, this only helps. Text of strangers is
 * put in as text; there is no way here from a string to markup, and the node's policy (trusted types) would refuse it. */
import { drafts } from "./draft";
import { drop } from "./drop";
import { keys } from "./keys";
import { live } from "./live";
import { preview } from "./preview";
import { times } from "./times";

times(document);
keys();
drafts();
for (const box of document.querySelectorAll<HTMLElement>(".live")) live(box);
for (const form of document.querySelectorAll<HTMLFormElement>("form.drop")) drop(form);
for (const form of document.querySelectorAll<HTMLFormElement>('form[action="/agree/amend-preview"]')) preview(form);
