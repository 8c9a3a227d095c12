/* SPDX-License-Identifier: Apache-2.0
 *
 * How many addresses a second a generation answers: 1,000,000 IPv4 prefixes with /25 to /32 and 30,000 owners
 * against libmaxminddb over the same prefixes in the same run, and 250,000 IPv6 prefixes. First the answers
 * are compared with a naive search, then with libmaxminddb, and only then the time is taken. CPU time, best
 * of five.
 *
 * Usage: lookup [FOLDER]. The MMDB is written once into FOLDER (default: the current one) by lookup_mmdb.pl,
 * which takes a minute; without the Perl module the ratio is left out.
 */
#include "base/os.h"
#include "know/file.h"
#include "know_set.h"
#include <maxminddb.h>
#include <netinet/in.h>
#include <unistd.h>

#define QUERIES 4194304u

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "lookup: %s\n", what);
	exit(1);
}

struct queries {
	struct addr *a;
	const struct addr **p;
	const struct know_leaf **leaf;
};

/* Addresses inside the prefixes of the set, every eighth anywhere. */
static void queries_make(struct queries *q, const struct prefix *v, size_t n, uint64_t seed)
{
	q->a = mem_zero(QUERIES, sizeof(*q->a));
	q->p = mem_zero(QUERIES, sizeof(*q->p));
	q->leaf = mem_zero(QUERIES, sizeof(*q->leaf));
	for (size_t i = 0; i < QUERIES; i++) {
		const struct prefix *p = &v[mix(&seed) % n];
		bool any = mix(&seed) % 8 == 0;
		q->a[i] = p->addr;
		for (unsigned b = any ? (addr_is4(&p->addr) ? 12 : 2) : p->len / 8; b < 16; b++) {
			uint8_t keep = any || b > p->len / 8u ? 0 : (uint8_t)(0xff00u >> (p->len % 8));
			q->a[i].b[b] = (uint8_t)((p->addr.b[b] & keep) | (mix(&seed) & (uint8_t)~keep));
		}
		q->p[i] = &q->a[i];
	}
}

static void queries_done(struct queries *q)
{
	free(q->a);
	free(q->p);
	free(q->leaf);
}

/* ---- the oracle: sorted by length, the longest first ---------------------------------------------- */

static size_t naive(const struct prefix *v, size_t n, const struct addr *a)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < n; i++)
		if (prefix_has(&v[i], a) && (best == SIZE_MAX || v[i].len > v[best].len))
			best = i;
	return best;
}

static void check(const struct know *k, const struct know_set *s, const struct queries *q, bool v4)
{
	for (size_t i = 0; i < 400; i++) {
		const struct addr *a = q->p[i * 9973 % QUERIES];
		const struct know_leaf *l = know_addr(k, a);
		size_t best = v4 ? naive(s->v4, s->n4, a) : naive(s->v6, s->n6, a);
		uint32_t want = best == SIZE_MAX ? 0 : v4 ? s->owner4[best] : s->asn6[best];
		if ((v4 ? l->owner : l->asn[0]) != want)
			die("an answer differs from the naive search");
	}
	know_addrs(k, q->p, QUERIES, q->leaf);
	for (size_t i = 0; i < QUERIES; i++)
		if (q->leaf[i] != know_addr(k, q->p[i]))
			die("a batched answer differs from the single one");
}

/* ---- figures ------------------------------------------------------------------------------------ */

/* The machine is shared: the time is taken over slices, and the best slice counts for everybody alike. */
#define SLICE 131072u
#define ROUNDS 4

static double best_of(double best, double start)
{
	double t = cpu() - start;

	return t < best ? t : best;
}

/* Million look-ups a second, in batches of 4,096 as reports come. read: look at each leaf too. */
static double rate_batched(const struct know *k, const struct queries *q, bool read)
{
	volatile uint64_t sum = 0;
	double best = 1e9;

	for (size_t slice = 0; slice < ROUNDS * QUERIES; slice += SLICE) {
		double start = cpu();
		for (size_t at = slice % QUERIES; at < slice % QUERIES + SLICE; at += 4096) {
			know_addrs(k, q->p + at, 4096, q->leaf);
			for (size_t i = 0; read && i < 4096; i++)
				sum += q->leaf[i]->owner + q->leaf[i]->asn[0];
		}
		best = best_of(best, start);
	}
	return SLICE / best / 1e6;
}

static double rate_single(const struct know *k, const struct queries *q)
{
	volatile uint64_t sum = 0;
	double best = 1e9;

	for (size_t slice = 0; slice < QUERIES; slice += SLICE) {
		double start = cpu();
		for (size_t i = slice; i < slice + SLICE; i++)
			sum += know_addr(k, q->p[i])->owner;
		best = best_of(best, start);
	}
	return SLICE / best / 1e6;
}

static bool mmdb_make(const char *folder, const struct know_set *s, char *path, size_t size)
{
	char text[4200], command[9000];
	auto_buf struct buf out = {0};
	struct err e;

	snprintf(path, size, "%s/lookup.mmdb", folder);
	if (access(path, R_OK) == 0)
		return true;
	for (size_t i = 0; i < s->n4; i++) {
		char prefix[PREFIX_TEXT];
		size_t len = prefix_print(prefix, &s->v4[i]);
		buf_printf(&out, "%.*s\t%u\n", (int)len, prefix, s->owner4[i]);
	}
	snprintf(text, sizeof(text), "%s/lookup.txt", folder);
	if (os_write_file(text, buf_str(&out), &e) != 0)
		die(e.text);
	snprintf(command, sizeof(command), "perl " BENCH_SOURCE "/lookup_mmdb.pl '%s' '%s'", text, path);
	printf("writing %s (once)\n", path);
	fflush(stdout);
	FILE *p = popen(command, "r");
	bool ok = p != NULL && pclose(p) == 0;
	unlink(text);
	return ok;
}

static double rate_mmdb(const char *path, const struct know *k, const struct queries *q)
{
	MMDB_s db;
	double best = 1e9;
	const size_t n = QUERIES / 4;
	int rc;

	if (MMDB_open(path, MMDB_MODE_MMAP, &db) != MMDB_SUCCESS)
		die("cannot open the MMDB");
	struct sockaddr_in *sa = mem_zero(n, sizeof(*sa));
	for (size_t i = 0; i < n; i++) {
		sa[i].sin_family = AF_INET;
		sa[i].sin_addr.s_addr = htonl(addr_v4(q->p[i]));
	}
	for (size_t i = 0; i < n; i += 101) {
		MMDB_lookup_result_s r = MMDB_lookup_sockaddr(&db, (struct sockaddr *)&sa[i], &rc);
		MMDB_entry_data_s data = {0};
		if (r.found_entry)
			MMDB_get_value(&r.entry, &data, NULL);
		if ((r.found_entry ? data.uint32 : 0) != know_addr(k, q->p[i])->owner)
			die("an answer differs from libmaxminddb's (remove lookup.mmdb if it is of an older "
			    "set)");
	}
	volatile uint64_t found = 0;
	for (size_t slice = 0; slice + SLICE <= n; slice += SLICE) {
		double start = cpu();
		for (size_t i = slice; i < slice + SLICE; i++)
			found += MMDB_lookup_sockaddr(&db, (struct sockaddr *)&sa[i], &rc).found_entry;
		best = best_of(best, start);
	}
	free(sa);
	MMDB_close(&db);
	return SLICE / best / 1e6;
}

/* name: of the figure, NULL: none. */
static void row(const char *what, double value, const char *unit, const char *name)
{
	printf("%-58s %9.2f %s\n", what, value, unit);
	if (name != NULL)
		printf("figure %s %.3f\n", name, value);
}

/* Through a file, as it is used: mapped pages, sections on lines of the cache. */
static struct know *build(const char *folder, const struct know_set *s)
{
	auto_buf struct buf bytes = {0};
	struct know_build b;
	struct know *k;
	struct err e;
	char path[4200];

	know_build_init(&b);
	know_set_add(s, &b);
	know_build_finish(&b, 1, &bytes);
	know_build_done(&b);
	snprintf(path, sizeof(path), "%s/lookup.weir", folder);
	if (os_write_file(path, buf_str(&bytes), &e) != 0 || know_open(path, &k, &e) != 0)
		die(e.text);
	unlink(path);
	return k;
}

static double mib(size_t bytes)
{
	return (double)bytes / 1048576;
}

static void run_v4(const char *folder)
{
	struct know_set s;
	struct queries q;
	char path[4200];

	know_set_make(&s, 1, 1000000, 0, 30000);
	struct know *k = build(folder, &s);
	queries_make(&q, s.v4, s.n4, 2);
	check(k, &s, &q, true);
	double batched = rate_batched(k, &q, false), single = rate_single(k, &q);
	row("IPv4, 1,000,000 prefixes, batched", batched, "M/s", NULL);
	row("IPv4, batched, and each leaf read", rate_batched(k, &q, true), "M/s", NULL);
	row("IPv4, one at a time", single, "M/s", NULL);
	row("IPv4 look-up structure (roots, nodes, values)", mib((KNOW_ROOT4 + KNOW_ROOT6 + k->nnodes) * 4ul),
	        "MiB", "lookup.v4.size");
	row("IPv4 leaves", mib(k->nleaves * sizeof(struct know_leaf)), "MiB", NULL);
	if (mmdb_make(folder, &s, path, sizeof(path))) {
		double mmdb = rate_mmdb(path, k, &q);
		row("libmaxminddb, MMDB_lookup_sockaddr", mmdb, "M/s", NULL);
		row("ratio batched to libmaxminddb", batched / mmdb, "x", "lookup.v4.ratio");
	}
	know_close(k);
	queries_done(&q);
	know_set_done(&s);
}

static void run_v6(const char *folder)
{
	struct know_set s;
	struct queries q;

	know_set_make(&s, 3, 0, 250000, 1);
	struct know *k = build(folder, &s);
	queries_make(&q, s.v6, s.n6, 4);
	check(k, &s, &q, false);
	row("IPv6, 250,000 prefixes, batched", rate_batched(k, &q, false), "M/s", "lookup.v6.rate");
	row("IPv6, batched, and each leaf read", rate_batched(k, &q, true), "M/s", NULL);
	row("IPv6, one at a time", rate_single(k, &q), "M/s", NULL);
	row("IPv6 look-up structure", mib((KNOW_ROOT4 + KNOW_ROOT6 + k->nnodes) * 4ul), "MiB", NULL);
	know_close(k);
	queries_done(&q);
	know_set_done(&s);
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : ".";

	run_v4(folder);
	run_v6(folder);
	return 0;
}
