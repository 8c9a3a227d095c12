/* SPDX-License-Identifier: Apache-2.0
 *
 * Trees as files: what a log gains is written as tiles and bundles of entries, each whole or not at all (os_write_file). The
 * rows of entries are what counts; a file that does not fit them is written again.
 */
#include "base/os.h"
#include "link/log_in.h"
#include "trust/tree.h"
#include <stdio.h>

void log_folder(const struct link_self *self, struct str party, char ret[LOG_PATH])
{
	const char *state = self->folder != NULL ? self->folder : ".";

	if (str_eq(party, self->me))
		snprintf(ret, LOG_PATH, "%s/log/", state);
	else
		snprintf(ret, LOG_PATH, "%s/log/mirror/%.*s/", state, STR_ARG(party));
}

/* ---- entries ------------------------------------------------------------------------------------- */

/* Two tables, one form. */
static struct query entries(
        const struct link_self *self, struct str party, bool own, uint64_t from, uint64_t to)
{
	struct query q = own ? db_query(self->db,
	                               "select type, digest from log_entry where n >= ?2 and n < ?3 and ?1 = "
	                               "?1 order by n")
	                     : db_query(self->db,
	                               "select type, digest from log_mirror where party = ?1 and n >= ?2 and "
	                               "n < ?3 order by n");

	query_text(&q, party);
	query_u64(&q, from);
	query_u64(&q, to);
	return q;
}

static bool entry_next(struct query *q, char ret[LOG_ENTRY])
{
	if (query_next(q) != 1 || query_get_blob(q, 1).len != DIGEST_LEN)
		return false;
	ret[0] = (char)query_get_u64(q, 0);
	memcpy(ret + 1, query_get_blob(q, 1).p, DIGEST_LEN);
	return true;
}

/* ---- files --------------------------------------------------------------------------------------- */

/* All folders above the file. */
static int make_folders(char *path, size_t from, struct err *e)
{
	int rc = 0;

	for (size_t i = from; rc == 0 && path[i] != 0; i++) {
		if (path[i] != '/')
			continue;
		path[i] = 0;
		rc = os_folder(path, e);
		path[i] = '/';
	}
	return rc;
}

static void path_of(
        const struct link_self *self, struct str party, const struct tile_name *name, char ret[LOG_PATH])
{
	char tile[TILE_PATH];

	log_folder(self, party, ret);
	tile_path(name, tile);
	snprintf(ret + strlen(ret), LOG_PATH - strlen(ret), "%s", tile);
}

static int write_tile(const struct link_self *self, struct str party, const struct tile_name *name,
        struct str bytes, struct err *e)
{
	char path[LOG_PATH];

	path_of(self, party, name, path);
	int rc = make_folders(path, strlen(self->folder != NULL ? self->folder : ".") + 1, e);
	return rc == 0 ? os_write_file(path, bytes, e) : rc;
}

/* A partial one that a wider one has replaced. */
static void drop_tile(const struct link_self *self, struct str party, const struct tile_name *name)
{
	char path[LOG_PATH];

	path_of(self, party, name, path);
	(void)os_delete(path, NULL);
}

static bool mend(struct log_tree *t);

static int read_tile(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	struct log_tree *t = arg;
	struct tile_name name = {(int)level, index, tile_width(level, index, t->size)};
	auto_buf struct buf b = {0};
	char path[LOG_PATH];

	path_of(&t->self, t->party, &name, path);
	if (name.width < width)
		return err_set(e, ERR_VALUE, "%s: the tree has no such tile", path);
	int rc = os_read_file(path, TILE_BYTES, &b, e);
	bool good = rc == 0 && b.len == name.width * (size_t)TREE_HASH;
	if (!good && t->mend) {
		t->mend = false;
		return mend(t) ? read_tile(arg, level, index, width, ret, e) : rc < 0 ? rc : ERR_FORMAT;
	}
	if (rc < 0)
		return rc;
	if (!good)
		return err_set(e, ERR_FORMAT, "%s: %zu bytes, where %u hashes are expected", path, b.len,
		        name.width);
	memcpy(ret, b.p, (size_t)width * TREE_HASH);
	return 0;
}

static uint64_t size_of(const struct link_self *self, struct str party)
{
	struct query q = str_eq(party, self->me)
	        ? db_query(self->db, "select max(size) from log_checkpoint where ?1 = ?1")
	        : db_query(self->db, "select mirrored from log_peer where party = ?1");
	uint64_t size = 0;

	query_text(&q, party);
	if (query_next(&q) == 1 && !query_is_null(&q, 0))
		size = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return size;
}

void log_tree(struct log_tree *ret, const struct link_self *self, struct str party)
{
	*ret = (struct log_tree){.self = *self, .party = party, .size = size_of(self, party)};
	ret->store = (struct tile_store){read_tile, ret};
}

/* ---- growing ------------------------------------------------------------------------------------- */

struct growing {
	const struct link_self *self;
	struct str party;
	bool own; /* out of our own entries */
};

static int full_tile(
        void *arg, unsigned level, uint64_t index, const uint8_t hashes[TILE_BYTES], struct err *e)
{
	const struct growing *g = arg;
	struct tile_name name = {(int)level, index, TILE_WIDTH};

	return write_tile(g->self, g->party, &name, str_make((const char *)hashes, TILE_BYTES), e);
}

/* The partial tiles of the new edge, then those of the old one go. */
static int write_edge(const struct growing *g, const struct tile_edge *edge, uint64_t old, struct err *e)
{
	int rc = 0;

	for (unsigned level = 0; rc == 0 && level < TILE_LEVELS; level++) {
		struct tile_name name = {(int)level, edge->size >> (8 * level) >> 8, edge->n[level]};
		struct tile_name was = {
		        (int)level, old >> (8 * level) >> 8, (unsigned)(old >> (8 * level)) % TILE_WIDTH};
		bool same = name.index == was.index && name.width == was.width;
		if (name.width > 0)
			rc = write_tile(g->self, g->party, &name,
			        str_make((const char *)edge->hash[level][0], name.width * (size_t)TREE_HASH),
			        e);
		if (rc == 0 && was.width > 0 && !same)
			drop_tile(g->self, g->party, &was);
	}
	return rc;
}

static int write_bundles(const struct growing *g, uint64_t from, uint64_t to, struct err *e)
{
	char entry[LOG_ENTRY];
	int rc = 0;

	for (uint64_t index = from / TILE_WIDTH; rc == 0 && index * TILE_WIDTH < to; index++) {
		auto_buf struct buf b = {0};
		struct query q = entries(g->self, g->party, g->own, index * TILE_WIDTH,
		        to < (index + 1) * TILE_WIDTH ? to : (index + 1) * TILE_WIDTH);
		unsigned n = 0;
		for (; entry_next(&q, entry); n++)
			tile_entry_add(&b, str_make(entry, sizeof(entry)));
		query_done(&q, NULL);
		struct tile_name name = {TILE_ENTRIES, index, n};
		rc = n > 0 ? write_tile(g->self, g->party, &name, buf_str(&b), e) : 0;
		name.width = (unsigned)(from % TILE_WIDTH);
		if (rc == 0 && index == from / TILE_WIDTH && name.width > 0 && name.width != n)
			drop_tile(g->self, g->party, &name);
	}
	return rc;
}

/* The edge of the first from entries out of the files, if they are what they should be. */
static bool edge_there(
        const struct link_self *self, struct str party, const struct log_growth *g, struct tile_edge *edge)
{
	struct log_tree t;
	uint8_t root[TREE_HASH];

	if (g->from == 0 || (g->mirror && str_eq(party, self->me)))
		return false;
	log_tree(&t, self, party);
	t.size = g->from;
	if (tile_edge_read(edge, &t.store, g->from, NULL) < 0)
		return false;
	tile_edge_root(edge, root);
	return memcmp(root, g->from_root, TREE_HASH) == 0;
}

static int add_entries(
        const struct growing *w, struct log_growth *g, struct tile_edge *edge, bool write, struct err *e)
{
	struct query q = entries(w->self, w->party, w->own, edge->size, g->to);
	uint8_t leaf[TREE_HASH], root[TREE_HASH];
	char entry[LOG_ENTRY];
	bool rebuilt = edge->size < g->from;
	int rc = 0;

	while (rc == 0 && entry_next(&q, entry)) {
		tree_leaf(str_make(entry, sizeof(entry)), leaf);
		rc = tile_edge_add(edge, leaf, write ? full_tile : NULL, (void *)(uintptr_t)w, e);
		if (rc == 0 && edge->size == g->mark)
			tile_edge_root(edge, g->mark_root);
		if (rc != 0 || !rebuilt || edge->size != g->from)
			continue;
		tile_edge_root(edge, root);
		if (memcmp(root, g->from_root, TREE_HASH) != 0)
			rc = err_set(e, ERR_FORMAT,
			        "the entries of the log of '%.*s' are not those of its last checkpoint",
			        STR_ARG(w->party));
	}
	query_done(&q, NULL);
	if (rc == 0 && edge->size != g->to)
		rc = err_set(e, ERR_MISSING, "the log of '%.*s' has %llu of %llu entries here",
		        STR_ARG(w->party), (unsigned long long)edge->size, (unsigned long long)g->to);
	return rc;
}

int log_grow(const struct link_self *self, struct str party, struct log_growth *g, bool write, struct err *e)
{
	struct tile_edge *edge = mem_zero(1, sizeof(*edge));
	struct growing w = {self, party, str_eq(party, self->me) && !g->mirror};
	uint64_t old = g->from;

	if (!edge_there(self, party, g, edge)) {
		*edge = (struct tile_edge){0};
		old = 0;
	}
	if (g->mark == edge->size)
		tile_edge_root(edge, g->mark_root);
	int rc = add_entries(&w, g, edge, write, e);
	if (rc == 0 && write)
		rc = write_bundles(&w, old, g->to, e);
	if (rc == 0 && write)
		rc = write_edge(&w, edge, old, e);
	if (rc == 0)
		tile_edge_root(edge, g->root);
	free(edge);
	return rc;
}

/* Files that are gone or spoilt are made from the rows. */
static bool mend(struct log_tree *t)
{
	struct log_growth g = {.to = t->size};

	return t->size > 0 && log_grow(&t->self, t->party, &g, true, NULL) == 0;
}

/* ---- given away ---------------------------------------------------------------------------------- */

static bool bundle_of(struct log_tree *t, const struct tile_name *name, struct buf *out)
{
	bool own = str_eq(t->party, t->self.me);
	uint64_t from = name->index * TILE_WIDTH;
	char entry[LOG_ENTRY];
	unsigned n = 0;

	if (name->index > t->size || from + name->width > t->size)
		return false;
	struct query q = entries(&t->self, t->party, own, from, from + name->width);
	for (; entry_next(&q, entry); n++)
		tile_entry_add(out, str_make(entry, sizeof(entry)));
	query_done(&q, NULL);
	return n == name->width;
}

bool log_tile(struct log_tree *t, struct str path, struct buf *out)
{
	struct tile_name name;

	if (!tile_path_read(path, &name))
		return false;
	if (name.level == TILE_ENTRIES)
		return bundle_of(t, &name, out);
	if (name.level >= TILE_LEVELS || name.width > tile_width((unsigned)name.level, name.index, t->size))
		return false;
	uint8_t *to = (uint8_t *)buf_room(out, TILE_BYTES);
	t->mend = true;
	if (read_tile(t, (unsigned)name.level, name.index, name.width, to, NULL) < 0)
		return false;
	out->len += (size_t)name.width * TREE_HASH;
	return true;
}
