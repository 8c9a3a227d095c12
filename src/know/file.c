/* SPDX-License-Identifier: Apache-2.0
 *
 * A generation as a file: making it, and opening it with all its sums and bounds checked. What know_open
 * accepts, a look-up can follow without looking where it steps: every number of a leaf, node, value, owner or
 * text is inside its section, and no path through the tree is longer than an address. The sums find damage,
 * not malice; the bounds hold against both.
 *
 * A file that is changed in place while it is mapped can still end the process (SIGBUS when it is cut). That
 * is why generations are renamed into place and never written to again.
 */
#include "know/file.h"
#include "base/os.h"
#include "event/batch.h"
#include <sys/mman.h>
#include <sys/stat.h>

static const struct {
	const char *name;
	size_t size; /* of an element */
} section_table[KNOW_SECTIONS] = {
        [KNOW_TEXT] = {"text", 1},
        [KNOW_LEAVES] = {"leaves", sizeof(struct know_leaf)},
        [KNOW_ROOTS] = {"roots", sizeof(uint32_t)},
        [KNOW_NODES] = {"nodes", sizeof(uint32_t)},
        [KNOW_HASHED] = {"hashed", sizeof(struct know_bucket)},
        [KNOW_OWNERS] = {"owners", sizeof(struct know_owner_rec)},
        [KNOW_CONTACTS] = {"contacts", sizeof(struct know_contact_rec)},
        [KNOW_ASSETS] = {"assets", sizeof(struct know_asset_rec)},
        [KNOW_NAMES] = {"names", sizeof(struct know_name_rec)},
        [KNOW_SLOTS] = {"slots", sizeof(uint32_t)},
        [KNOW_AS_TABLE] = {"as", sizeof(struct know_as_rec)},
        [KNOW_COUNTRIES] = {"countries", sizeof(struct know_country_rec)},
};

#define KNOW_HEAD_LEN (sizeof(struct know_head) + KNOW_SECTIONS * sizeof(struct know_section))

static size_t align_up(size_t n)
{
	return (n + KNOW_ALIGN - 1) & ~(size_t)(KNOW_ALIGN - 1);
}

void know_file_make(const struct know_part parts[KNOW_SECTIONS], uint32_t generation, struct buf *ret)
{
	struct know_head head = {
	        .version = KNOW_VERSION, .sections = KNOW_SECTIONS, .generation = generation};
	struct know_section table[KNOW_SECTIONS];
	size_t at = align_up(KNOW_HEAD_LEN);

	memcpy(head.magic, KNOW_MAGIC, sizeof(head.magic));
	for (unsigned i = 0; i < KNOW_SECTIONS; i++) {
		table[i] = (struct know_section){
		        .kind = i,
		        .crc = crc32c(0, parts[i].p, parts[i].len),
		        .offset = at,
		        .len = parts[i].len,
		};
		at = align_up(at + parts[i].len);
	}
	head.size = at;
	head.crc = crc32c(crc32c(0, &head, sizeof(head)), table, sizeof(table));
	char *p = buf_room(ret, at);
	memset(p, 0, at);
	memcpy(p, &head, sizeof(head));
	memcpy(p + sizeof(head), table, sizeof(table));
	for (unsigned i = 0; i < KNOW_SECTIONS; i++)
		if (parts[i].len != 0)
			memcpy(p + table[i].offset, parts[i].p, parts[i].len);
	ret->len += at;
}

/* ---- opening ------------------------------------------------------------------------------------ */

/* The sections of a file that is being opened. */
struct parts {
	struct know_part at[KNOW_SECTIONS];
};

static uint32_t part_count(const struct parts *p, enum know_kind kind)
{
	return (uint32_t)(p->at[kind].len / section_table[kind].size);
}

static bool zeros(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static int head_check(const char *bytes, size_t len, struct know_head *head, struct err *e)
{
	if (len < KNOW_HEAD_LEN || memcmp(bytes, KNOW_MAGIC, 8) != 0)
		return err_set(e, ERR_FORMAT, "this is not a generation (weir know build makes one)");
	memcpy(head, bytes, sizeof(*head));
	if (head->version != KNOW_VERSION || head->sections != KNOW_SECTIONS)
		return err_set(e, ERR_FORMAT,
		        "the generation has version %u, this program reads version %d: build it anew",
		        head->version, KNOW_VERSION);
	if (head->size != len)
		return err_set(e, ERR_FORMAT, "the generation is cut: it has %zu bytes and should have %llu",
		        len, (unsigned long long)head->size);
	struct know_head plain = *head;
	plain.crc = 0;
	uint32_t crc = crc32c(crc32c(0, &plain, sizeof(plain)), bytes + sizeof(plain),
	        KNOW_SECTIONS * sizeof(struct know_section));
	if (crc != head->crc)
		return err_set(e, ERR_FORMAT, "the head of the generation is damaged");
	return 0;
}

/* Sections follow each other in order, so that no byte belongs to two and none is unchecked. */
static int sections_check(const char *bytes, size_t len, struct parts *ret, struct err *e)
{
	size_t end = KNOW_HEAD_LEN;

	for (unsigned i = 0; i < KNOW_SECTIONS; i++) {
		struct know_section s;
		const char *name = section_table[i].name;
		memcpy(&s, bytes + sizeof(struct know_head) + i * sizeof(s), sizeof(s));
		size_t at = align_up(end);
		if (s.kind != i || s.offset != at || at > len || s.len > len - at ||
		        s.len % section_table[i].size != 0 || s.len / section_table[i].size > KNOW_PLACE)
			return err_set(e, ERR_FORMAT, "section '%s' of the generation lies wrong", name);
		if (!zeros(bytes + end, at - end))
			return err_set(e, ERR_FORMAT,
			        "bytes before section '%s' of the generation are damaged", name);
		if (crc32c(0, bytes + at, s.len) != s.crc)
			return err_set(e, ERR_FORMAT, "section '%s' of the generation is damaged", name);
		ret->at[i] = (struct know_part){bytes + at, s.len};
		end = at + s.len;
	}
	if (align_up(end) != len || !zeros(bytes + end, len - end))
		return err_set(e, ERR_FORMAT, "the end of the generation is damaged");
	return 0;
}

static int leaves_check(const struct know *k, struct err *e)
{
	static const struct know_leaf empty;

	if (k->nleaves == 0 || memcmp(k->leaves, &empty, sizeof(empty)) != 0)
		return err_set(e, ERR_FORMAT, "the generation has no empty leaf");
	for (uint32_t i = 0; i < k->nleaves; i++) {
		const struct know_leaf *l = &k->leaves[i];
		if (l->network_len > 128 || l->origins > KNOW_ORIGINS || l->owner > k->nowners ||
		        l->asset > k->nassets || l->how >= KNOW_HOW_END || l->criticality > 5)
			return err_set(e, ERR_FORMAT, "leaf %u of the generation is out of bounds", i);
	}
	return 0;
}

static unsigned node_values(const uint32_t *node)
{
	uint64_t bits;

	memcpy(&bits, node, sizeof(bits));
	return (unsigned)__builtin_popcountll(bits);
}

/* left[i]: how many nodes may still come on a way that reaches the node at i, itself included; NOT_MET: no
 * way met yet; A_LIST: a list begins there; NOTHING: nothing begins there. */
#define NOTHING 0
#define NOT_MET 0xff
#define A_LIST 0xfe

static bool list_check(const struct know *k, uint32_t at)
{
	const uint32_t *list = k->nodes + at, n = list[0] / 2, *leaf = list + n;
	bool ok = n <= KNOW_LIST_RANGES && k->nnodes - at >= 2 * n;

	for (uint32_t i = 0; i < n && ok; i++)
		ok = leaf[i] < k->nleaves && (i < 2 || list[i - 1] < list[i]);
	return ok;
}

/* Finds where nodes and lists begin: with an odd number, as the first bit of a node is set, and with an even
 * one that is not zero. */
static bool nodes_find(const struct know *k, uint8_t *left)
{
	for (uint32_t i = 0; i < k->nnodes;) {
		if (k->nodes[i] == 0) {
			i++;
		} else if ((k->nodes[i] & 1) == 0) {
			if (!list_check(k, i))
				return false;
			left[i] = A_LIST;
			i += k->nodes[i] / 2 * 2;
		} else {
			if (k->nnodes - i < 3 || node_values(&k->nodes[i]) > k->nnodes - i - 2)
				return false;
			left[i] = NOT_MET;
			i += 2 + node_values(&k->nodes[i]);
		}
	}
	return true;
}

/* A value that leads to a node lowers what that node has left. Nodes stand behind those that they lead to, so
 * from the last to the first every way is met before the node that it leads to. */
static bool value_check(const struct know *k, uint32_t value, uint32_t before, unsigned rest, uint8_t *left)
{
	uint32_t at = value & KNOW_PLACE;

	if (value == at)
		return value < k->nleaves;
	if (at >= before)
		return false;
	if (value == (at | KNOW_LIST))
		return left[at] == A_LIST;
	if (value != (at | KNOW_NODE) || left[at] == NOTHING || left[at] == A_LIST || rest == 0)
		return false;
	if (left[at] > rest)
		left[at] = (uint8_t)rest;
	return true;
}

static bool buckets_check(const struct know *k, uint8_t *left)
{
	bool ok = k->nbuckets != 0 && (k->nbuckets & (k->nbuckets - 1)) == 0;

	for (uint32_t i = 0; i < k->nbuckets && ok; i++)
		for (unsigned n = 0; n < KNOW_BUCKET && ok; n++)
			ok = value_check(k, k->buckets[i].value[n], k->nnodes, KNOW_LEVELS6_HASHED, left);
	return ok;
}

/* What the table says is what the tree says; so a number that is there twice says the same twice. */
static bool buckets_agree(const struct know *k)
{
	bool ok = true;

	for (uint32_t i = 0; i < k->nbuckets && ok; i++)
		for (unsigned n = 0; n < KNOW_BUCKET && ok; n++) {
			uint32_t bits = k->buckets[i].bits[n];
			ok = k->buckets[i].value[n] == (bits == 0 ? 0 : know_value_32(k, bits));
		}
	return ok;
}

static int tree_check(const struct know *k, struct err *e)
{
	uint8_t *left = mem_zero(k->nnodes, 1);
	bool ok = nodes_find(k, left) && buckets_check(k, left);

	for (uint32_t i = 0; i < KNOW_ROOT6 + KNOW_ROOT4 && ok; i++)
		ok = value_check(
		        k, k->roots[i], k->nnodes, i < KNOW_ROOT6 ? KNOW_LEVELS6 : KNOW_LEVELS4, left);
	for (uint32_t i = k->nnodes; i-- > 0 && ok;) {
		if (left[i] == NOTHING || left[i] == A_LIST)
			continue;
		unsigned count = node_values(&k->nodes[i]);
		unsigned rest = left[i] == NOT_MET ? 0 : left[i] - 1u;
		for (unsigned v = 0; v < count && ok; v++)
			ok = value_check(k, k->nodes[i + 2 + v], i, rest, left);
	}
	free(left);
	ok = ok && buckets_agree(k); /* now that the tree can be walked */
	return ok ? 0 : err_set(e, ERR_FORMAT, "the tree of the generation is out of bounds");
}

static bool text_ok(const struct know *k, struct know_text t)
{
	return t.off <= k->ntext && t.len <= k->ntext - t.off;
}

static struct str text_view(const struct know *k, struct know_text t)
{
	return str_make(k->text + t.off, t.len);
}

static int names_check(const struct know *k, struct err *e)
{
	bool ok = k->nslots > k->nnames && (k->nslots & (k->nslots - 1)) == 0;

	for (uint32_t i = 0; i < k->nnames && ok; i++)
		ok = text_ok(k, k->names[i].name) && k->names[i].owner <= k->nowners &&
		        k->names[i].asset <= k->nassets;
	uint32_t used = 0;
	for (uint32_t i = 0; i < k->nslots && ok; i++) {
		ok = k->slots[i] <= k->nnames;
		used += k->slots[i] != 0;
	}
	/* A look-up ends at an empty slot. */
	return ok && used < k->nslots
	        ? 0
	        : err_set(e, ERR_FORMAT, "the names of the generation are out of bounds");
}

static int numbers_check(const struct know *k, struct err *e)
{
	bool ok = true;

	for (uint32_t i = 0; i < k->nas && ok; i++)
		ok = text_ok(k, k->as[i].name) && k->as[i].owner <= k->nowners &&
		        (i == 0 || k->as[i - 1].asn < k->as[i].asn);
	for (uint32_t i = 0; i < k->ncountries && ok; i++)
		ok = k->countries[i].owner <= k->nowners;
	return ok ? 0
	          : err_set(e, ERR_FORMAT, "the AS numbers or countries of the generation are out of bounds");
}

_Static_assert(TYPE_END <= 64, "a set of types is a word");

static uint64_t types_of(struct str classes)
{
	uint64_t set = 0;
	bool any = false;

	for (struct str_cut cut = {.tail = classes, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, ' ');
		any |= cut.head.len > 0;
		for (unsigned i = 1; cut.head.len > 0 && i < TYPE_END; i++)
			if (str_ieq(cut.head, type_table[i].name) ||
			        str_ieq(cut.head, type_table[i].taxonomy))
				set |= (uint64_t)1 << i;
	}
	return any ? set : UINT64_MAX;
}

static int owners_view(struct know *k, const struct parts *p, struct err *e)
{
	const struct know_owner_rec *rec = p->at[KNOW_OWNERS].p;
	const struct know_contact_rec *contact = p->at[KNOW_CONTACTS].p;
	uint32_t n = part_count(p, KNOW_OWNERS), nc = part_count(p, KNOW_CONTACTS);
	struct know_owner *owners = arena_array(&k->arena, n + 1u, sizeof(*owners));
	struct know_contact *contacts = arena_array(&k->arena, nc + 1u, sizeof(*contacts));

	for (uint32_t i = 0; i < nc; i++) {
		if (!text_ok(k, contact[i].email) || !text_ok(k, contact[i].language) ||
		        !text_ok(k, contact[i].classes))
			return err_set(e, ERR_FORMAT, "contact %u of the generation is out of bounds", i);
		contacts[i] = (struct know_contact){text_view(k, contact[i].email),
		        text_view(k, contact[i].language), text_view(k, contact[i].classes),
		        types_of(text_view(k, contact[i].classes))};
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct know_owner_rec *o = &rec[i];
		if (!text_ok(k, o->id) || !text_ok(k, o->name) || !text_ok(k, o->sector) || o->contact > nc ||
		        o->ncontacts > nc - o->contact)
			return err_set(e, ERR_FORMAT, "owner %u of the generation is out of bounds", i);
		owners[i] = (struct know_owner){
		        .id = text_view(k, o->id),
		        .name = text_view(k, o->name),
		        .sector = text_view(k, o->sector),
		        .cc = str_make(o->cc, o->cc[0] != 0 ? 2 : 0),
		        .contacts = contacts + o->contact,
		        .ncontacts = o->ncontacts,
		};
	}
	k->owners = owners;
	k->nowners = n;
	return 0;
}

static int assets_view(struct know *k, const struct parts *p, struct err *e)
{
	const struct know_asset_rec *rec = p->at[KNOW_ASSETS].p;
	uint32_t n = part_count(p, KNOW_ASSETS);
	struct know_asset *assets = arena_array(&k->arena, n + 1u, sizeof(*assets));

	for (uint32_t i = 0; i < n; i++) {
		if (!text_ok(k, rec[i].name) || !text_ok(k, rec[i].kind) || rec[i].owner == 0 ||
		        rec[i].owner > k->nowners || rec[i].criticality > 5)
			return err_set(e, ERR_FORMAT, "asset %u of the generation is out of bounds", i);
		assets[i] = (struct know_asset){text_view(k, rec[i].name), text_view(k, rec[i].kind),
		        rec[i].criticality, rec[i].owner};
	}
	k->assets = assets;
	k->nassets = n;
	return 0;
}

static void parts_view(struct know *k, const struct parts *p)
{
	k->text = p->at[KNOW_TEXT].p;
	k->ntext = p->at[KNOW_TEXT].len;
	k->leaves = p->at[KNOW_LEAVES].p;
	k->nleaves = part_count(p, KNOW_LEAVES);
	k->roots = p->at[KNOW_ROOTS].p;
	k->nodes = p->at[KNOW_NODES].p;
	k->nnodes = part_count(p, KNOW_NODES);
	k->buckets = p->at[KNOW_HASHED].p;
	k->nbuckets = part_count(p, KNOW_HASHED);
	k->names = p->at[KNOW_NAMES].p;
	k->nnames = part_count(p, KNOW_NAMES);
	k->slots = p->at[KNOW_SLOTS].p;
	k->nslots = part_count(p, KNOW_SLOTS);
	k->as = p->at[KNOW_AS_TABLE].p;
	k->nas = part_count(p, KNOW_AS_TABLE);
	k->countries = p->at[KNOW_COUNTRIES].p;
	k->ncountries = part_count(p, KNOW_COUNTRIES);
}

static int bytes_check(struct know *k, const char *bytes, size_t len, struct err *e)
{
	struct know_head head;
	struct parts parts;
	int rc;

	if ((rc = head_check(bytes, len, &head, e)) != 0 || (rc = sections_check(bytes, len, &parts, e)) != 0)
		return rc;
	k->generation = head.generation;
	parts_view(k, &parts);
	if (part_count(&parts, KNOW_ROOTS) != KNOW_ROOT6 + KNOW_ROOT4)
		return err_set(e, ERR_FORMAT, "the roots of the generation are not complete");
	if ((rc = owners_view(k, &parts, e)) != 0 || (rc = assets_view(k, &parts, e)) != 0 ||
	        (rc = leaves_check(k, e)) != 0 || (rc = tree_check(k, e)) != 0 ||
	        (rc = names_check(k, e)) != 0)
		return rc;
	return numbers_check(k, e);
}

int know_open_bytes(const void *bytes, size_t len, struct know **ret, struct err *e)
{
	struct know *k = mem_zero(1, sizeof(*k));

	arena_init(&k->arena, 0);
#if defined(__x86_64__)
	k->popcnt = __builtin_cpu_supports("popcnt");
#endif
	int rc = bytes_check(k, bytes, len, e);
	if (rc != 0) {
		know_close(k);
		return rc;
	}
	*ret = k;
	return 0;
}

int know_open(const char *path, struct know **ret, struct err *e)
{
	struct stat st;
	auto_fd int fd = os_open(path, e);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) != 0)
		return err_sys(e, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return err_set(
		        e, ERR_FORMAT, "%s: this is not a generation (weir know build makes one)", path);
	size_t len = (size_t)st.st_size;
	void *map = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(e, "cannot map '%s'", path);
	/* no reader is forked from a process that has one mapped (proc/readers.h); if one ever were, it would
	 * not see it. A kernel that cannot is passed over */
	(void)madvise(map, len, MADV_DONTFORK);
	int rc = know_open_bytes(map, len, ret, e);
	if (rc != 0) {
		munmap(map, len);
		err_add(e, "%s", path);
		return rc;
	}
	(*ret)->map = map;
	(*ret)->map_len = len;
	return 0;
}

void know_close(struct know *k)
{
	if (k == NULL)
		return;
	if (k->map != NULL)
		munmap(k->map, k->map_len);
	arena_done(&k->arena);
	free(k);
}
