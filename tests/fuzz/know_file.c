/* SPDX-License-Identifier: Apache-2.0
 *
 * A generation that somebody else wrote, with the sums made right: what opens can be asked anything. The
 * roots are two numbers, repeated, so that an input is small: the fuzzer has the other sections' bytes.
 *
 * Input: per section but the roots two bytes of length, then two numbers of four bytes for the roots, then
 * the sections one after the other.
 */
#include "know/file.h"

#define ROOTS (KNOW_ROOT6 + KNOW_ROOT4)

static void ask(const struct know *k)
{
	static const struct addr some[] = {
	        {{0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
	        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}},
	        {{0}},
	        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                0xff}},
	};
	struct know_answer w;
	struct addr last;

	for (size_t i = 0; i < 4; i++) {
		know_span(k, &some[i], &some[i], &last);
		know_whose(k, know_addr(k, &some[i]), STR("www.bank.example"), 64500, &w);
		const struct know_owner *o = know_owner(k, w.owner);
		for (uint32_t c = 0; o != NULL && c < o->ncontacts; c++)
			if (str_hash(o->contacts[c].email) == 1) /* reads every byte */
				abort();
		know_asset(k, w.asset);
	}
	know_as_name(k, 64500);
	know_country_owner(k, "LA");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct know_part parts[KNOW_SECTIONS] = {0};
	auto_buf struct buf roots = {0}, bytes = {0};
	size_t at = 2 * KNOW_SECTIONS + 8;
	uint32_t two[2];
	struct know *k;
	struct err e;

	if (size < at)
		return 0;
	memcpy(two, data + 2 * KNOW_SECTIONS, 8);
	char *p = buf_room(&roots, ROOTS * 4);
	memcpy(p, two, 8);
	for (size_t done = 8; done < ROOTS * 4; done *= 2)
		memcpy(p + done, p, done < ROOTS * 4 - done ? done : ROOTS * 4 - done);
	roots.len = ROOTS * 4;
	for (unsigned i = 0; i < KNOW_SECTIONS; i++) {
		size_t want = data[2 * i] | (size_t)data[2 * i + 1] << 8;
		want = want < size - at ? want : size - at;
		parts[i] = (struct know_part){data + at, want};
		at += want;
	}
	parts[KNOW_ROOTS] = (struct know_part){roots.p, roots.len};
	know_file_make(parts, 1, &bytes);
	if (know_open_bytes(bytes.p, bytes.len, &k, &e) == 0) {
		ask(k);
		know_close(k);
	}
	return 0;
}
