/* SPDX-License-Identifier: Apache-2.0
 *
 * MaxMind databases that the user has anyway, of countries or of AS, by libmaxminddb. The library looks up
 * single addresses; here its tree is walked node by node, each once: nodes that are reached a second time are
 * the aliases of the IPv4 space (6to4, Teredo) or damage, and neither says anything new. What the database
 * says of cities, names in other languages and so on is not taken.
 */
#include "know/input.h"
#include <maxminddb.h>

#define MMDB_MARK "\xab\xcd\xefMaxMind.com"

static enum know_sniff mmdb_sniff(const struct know_input *in)
{
	size_t tail = in->text.len < 131072 ? 0 : in->text.len - 131072;

	return str_find_str(in->text, tail, STR(MMDB_MARK)) != SIZE_MAX ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
}

/* What one record of the database says; many networks share a record. */
struct record {
	uint64_t offset;
	uint32_t asn;
	char cc[2];
	bool seen;
};
#define RECORDS 65536 /* remembered; a power of two */

struct walk {
	struct know_input *in;
	MMDB_s db;
	uint8_t *visited; /* a bit per node */
	struct record *records;
	struct addr at;
	uint32_t v4_start; /* node of ::/96 in a tree of IPv6 */
	bool v6;
};

static bool entry_text(MMDB_entry_s *entry, const char *const *path, struct str *ret)
{
	MMDB_entry_data_s data;

	if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
	        data.type != MMDB_DATA_TYPE_UTF8_STRING)
		return false;
	*ret = str_make(data.utf8_string, data.data_size);
	return true;
}

static void record_read(struct walk *w, MMDB_entry_s *entry, struct record *r)
{
	static const char *const country[] = {"country", "iso_code", NULL};
	static const char *const registered[] = {"registered_country", "iso_code", NULL};
	static const char *const flat[] = {"country_code", NULL};
	static const char *const asn[] = {"autonomous_system_number", NULL};
	static const char *const name[] = {"autonomous_system_organization", NULL};
	MMDB_entry_data_s data;
	struct str text;

	*r = (struct record){.offset = entry->offset, .seen = true};
	if (entry_text(entry, country, &text) || entry_text(entry, registered, &text) ||
	        entry_text(entry, flat, &text))
		if (!know_country(text, r->cc))
			r->cc[0] = r->cc[1] = 0;
	if (MMDB_aget_value(entry, &data, asn) == MMDB_SUCCESS && data.has_data) {
		if (data.type == MMDB_DATA_TYPE_UINT32)
			r->asn = data.uint32;
		else if (data.type == MMDB_DATA_TYPE_UINT16)
			r->asn = data.uint16;
		if (r->asn != 0 && entry_text(entry, name, &text))
			know_build_as_name(w->in->build, r->asn, text);
	}
}

static const struct record *record_find(struct walk *w, MMDB_entry_s *entry)
{
	struct record *r = &w->records[(entry->offset * 0x9e3779b1u >> 8) & (RECORDS - 1)];

	if (!r->seen || r->offset != entry->offset)
		record_read(w, entry, r);
	return r;
}

/* IPv4 lies at ::/96 of an IPv6 tree. */
static void network_add(struct walk *w, unsigned depth, MMDB_entry_s *entry)
{
	const struct record *r = record_find(w, entry);
	struct prefix p = {w->at, (uint8_t)depth};
	static const uint8_t zero[12];
	bool used = false;

	if (depth >= 96 && memcmp(p.addr.b, zero, 12) == 0)
		p.addr.b[10] = p.addr.b[11] = 0xff;
	w->in->rows++;
	if (r->cc[0] != 0)
		used |= know_build_country(w->in->build, &p, r->cc);
	if (r->asn != 0)
		used |= know_build_route(w->in->build, &p, r->asn);
	w->in->used += used;
	w->in->none += !used;
}

static int node_walk(struct walk *w, uint32_t node, unsigned depth);

static int side_walk(
        struct walk *w, unsigned depth, bool right, uint8_t type, uint64_t record, MMDB_entry_s *entry)
{
	uint8_t bit = (uint8_t)(0x80 >> (depth % 8));
	int rc = 0;

	if (right)
		w->at.b[depth / 8] |= bit;
	if (type == MMDB_RECORD_TYPE_DATA)
		network_add(w, depth + 1, entry);
	else if (type == MMDB_RECORD_TYPE_SEARCH_NODE)
		rc = node_walk(w, (uint32_t)record, depth + 1);
	else if (type == MMDB_RECORD_TYPE_INVALID)
		rc = -1;
	w->at.b[depth / 8] &= (uint8_t)~bit;
	return rc;
}

static bool ipv4_alias(const struct walk *w, uint32_t node, unsigned depth)
{
	static const struct addr zero;

	return w->v6 && node == w->v4_start && (depth != 96 || addr_cmp(&w->at, &zero) != 0);
}

static int node_walk(struct walk *w, uint32_t node, unsigned depth)
{
	MMDB_search_node_s n;

	if (depth >= 128 || node >= w->db.metadata.node_count)
		return -1;
	if ((w->visited[node / 8] >> (node % 8) & 1) != 0 || ipv4_alias(w, node, depth))
		return 0;
	w->visited[node / 8] |= (uint8_t)(1u << (node % 8));
	if (MMDB_read_node(&w->db, node, &n) != MMDB_SUCCESS)
		return -1;
	int rc = side_walk(w, depth, false, n.left_record_type, n.left_record, &n.left_record_entry);
	return rc != 0
	        ? rc
	        : side_walk(w, depth, true, n.right_record_type, n.right_record, &n.right_record_entry);
}

static int mmdb_read(struct know_input *in, struct err *e)
{
	struct walk w = {.in = in};

	if (in->path == NULL)
		return err_set(e, ERR_USAGE, "%.*s: an MMDB must be a file", STR_ARG(in->name));
	int rc = MMDB_open(in->path, MMDB_MODE_MMAP, &w.db);
	if (rc != MMDB_SUCCESS)
		return err_set(e, ERR_FORMAT, "%.*s: %s", STR_ARG(in->name), MMDB_strerror(rc));
	w.v6 = w.db.metadata.ip_version == 6;
	w.v4_start = w.v6 ? w.db.ipv4_start_node.node_value : 0;
	w.visited = mem_zero(w.db.metadata.node_count / 8 + 1, 1);
	w.records = mem_zero(RECORDS, sizeof(*w.records));
	rc = node_walk(&w, 0, w.v6 ? 0 : 96);
	free(w.visited);
	free(w.records);
	MMDB_close(&w.db);
	return rc == 0 ? 0
	               : err_set(e, ERR_FORMAT, "%.*s: the tree of the MMDB is damaged", STR_ARG(in->name));
}

const struct know_input_kind know_input_mmdb = {
        .name = "mmdb",
        .about = "a MaxMind database of countries or AS (GeoLite2-Country, GeoLite2-ASN and their like)",
        .sniff = mmdb_sniff,
        .read = mmdb_read,
};
