/* SPDX-License-Identifier: Apache-2.0
 *
 * The door as a process, with handlers of this test in place of the program's (door_table.c): what a handler is told of who comes,
 * how bodies and questions to the core go, and what the process may still do: each is tried from within. This process is its
 * core, and its clients.
 */
#include "base/os.h"
#include "base/sanitized.h"
#include "exit/shelf.h"
#include "proc/door_in.h"
#include "proc/reach.h"
#include "state/state.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- handlers, in the door's process ------------------------------------------------------------- */

static int nothing(struct door_request *r)
{
	(void)r;
	return 0;
}

static int end_pin(struct door_request *r)
{
	char hex[65] = "none";

	if (r->has_pin)
		str_hex_print(hex, r->pin, 32);
	return door_text(r, 200, arena_printf(&r->arena, "%s %.*s", hex, STR_ARG(r->address)).p);
}

/* What stands in a handler's place if one is ever taken over. */
static int end_try(struct door_request *r)
{
	static const struct {
		const char *name;
		int how;
	} files[] = {{"state.db", O_RDONLY}, {"shelf/shelf.db", O_RDONLY}, {"shelf/shelf.db", O_RDWR},
	        {"door/key.pem", O_RDONLY}, {"../conf/weir.yaml", O_RDONLY}, {"new", O_WRONLY | O_CREAT},
	        {"shelf/new", O_WRONLY | O_CREAT}, {"/etc/passwd", O_RDONLY},
	        {"/proc/self/status", O_RDONLY}};
	struct buf *b = &r->reply.body;
	char path[4096];

	r->reply.status = 200;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s%s%s", files[i].name[0] == '/' ? "" : r->door->state,
		        files[i].name[0] == '/' ? "" : "/", files[i].name);
		int fd = open(path, files[i].how | O_CLOEXEC, 0600);
		buf_printf(b, "%d ", fd >= 0 ? 0 : errno);
		if (fd >= 0)
			close(fd);
	}
	int s = socket(AF_INET, SOCK_STREAM, 0);
	buf_printf(b, "%d ", s >= 0 ? 0 : errno);
	buf_printf(b, "%d ", execl("/bin/true", "true", (char *)NULL) == 0 ? 0 : errno);
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	buf_printf(b, "%d", pid > 0 ? 0 : errno);
	return 1;
}

static int piece_count(struct door_request *r, struct str piece)
{
	r->own = (void *)((uintptr_t)r->own + piece.len);
	return 0;
}

static int end_count(struct door_request *r)
{
	return door_text(r, 200, arena_printf(&r->arena, "%zu", (size_t)(uintptr_t)r->own).p);
}

static int ask(struct door_request *r)
{
	struct channel_message m = {.verb = CHANNEL_ANSWERED};

	channel_put(m.name, sizeof(m.name), str_skip(r->path, 5));
	channel_put(m.text, sizeof(m.text), buf_str(&r->body));
	int rc = door_ask(r, &m);
	if (str_eq(r->path, STR("/ask/late")))
		r->until = os_ticks() + 200000;
	return rc;
}

static int heard(struct door_request *r, const struct channel_message *m, int fd)
{
	(void)fd;
	return door_text(r, 200, arena_printf(&r->arena, "%d %s", m->code, m->text).p);
}

static int no(struct door_request *r)
{
	return door_text(r, 403, "not for you");
}

static const struct door_handler pin = {.path = "/pin", .begin = nothing, .end = end_pin},
                                 tries = {.path = "/try", .begin = nothing, .end = end_try},
                                 count = {.path = "/count/",
                                         .limit = 1 << 20,
                                         .upload = true,
                                         .begin = nothing,
                                         .piece = piece_count,
                                         .end = end_count},
                                 asks = {.path = "/ask/",
                                         .whole = true,
                                         .begin = nothing,
                                         .end = ask,
                                         .heard = heard},
                                 closed = {.path = "/closed", .limit = 1 << 20, .begin = no, .end = nothing},
                                 often = {
                                         .path = "/often", .limited = true, .begin = nothing, .end = end_pin};
const struct door_handler *const door_handlers[] = {&pin, &tries, &count, &asks, &closed, &often};
const size_t door_handler_count = sizeof(door_handlers) / sizeof(door_handlers[0]);

/* ---- the process --------------------------------------------------------------------------------- */

static char root[] = "/tmp/weir-door-XXXXXX";
static char state_path[64], conf_path[64];
static struct pages_plan plan;
static pid_t door;
static int core; /* its end of the pair */
static struct db *shelf;

static int free_listener(unsigned *ret)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, 64) != 0)
		return -1;
	getsockname(fd, (struct sockaddr *)&at, &len);
	*ret = ntohs(at.sin_port);
	return fd;
}

static int start(void **state)
{
	struct err e = {0};
	int pair[2], listener = free_listener(&plan.port);
	char path[128], yaml[128];
	struct db *db;

	(void)state;
	if (mkdtemp(root) == NULL || listener < 0 ||
	        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	snprintf(state_path, sizeof(state_path), "%s/state", root);
	snprintf(conf_path, sizeof(conf_path), "%s/conf", root);
	mkdir(state_path, 0700);
	mkdir(conf_path, 0700);
	snprintf(path, sizeof(path), "%s/weir.yaml", conf_path);
	snprintf(yaml, sizeof(yaml), "door:\n  listen: \"127.0.0.1:%u\"\n  names: [door.cert.example]\n",
	        plan.port);
	if (os_write_file(path, str_from(yaml), &e) != 0 || state_open(state_path, DB_WRITE, &db, &e) != 0 ||
	        shelf_open(state_path, DB_WRITE, &shelf, NULL, &e) != 0) {
		fprintf(stderr, "%s\n", e.text);
		return -1;
	}
	db_close(db);
	struct serve_options o = {.state = state_path,
	        .paths = {.conf = conf_path, .sample = SOURCE_ROOT "/examples"},
	        .log = LOG_LINES};
	tls_plan_door(&o.paths, state_path, &plan);
	if (plan.wrong[0] != 0) {
		fprintf(stderr, "%s\n", plan.wrong);
		return -1;
	}
	door = fork();
	if (door == 0)
		_exit(door_main(&o, listener, &plan, pair[1]));
	core = pair[0];
	close(pair[1]);
	close(listener);
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int stop(void **state)
{
	int status;

	(void)state;
	kill(door, SIGKILL);
	waitpid(door, &status, 0);
	db_close(shelf);
	return nftw(root, drop, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- a client ------------------------------------------------------------------------------------ */

struct identity {
	gnutls_x509_crt_t crt;
	gnutls_x509_privkey_t key;
	uint8_t pin[32];
};

static void make_identity(struct identity *id)
{
	size_t len = sizeof(id->pin);

	gnutls_x509_privkey_init(&id->key);
	gnutls_x509_privkey_generate(
	        id->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	gnutls_x509_crt_init(&id->crt);
	gnutls_x509_crt_set_version(id->crt, 3);
	gnutls_x509_crt_set_serial(id->crt, "\1", 1);
	/* long over: dates are not looked at */
	gnutls_x509_crt_set_activation_time(id->crt, 1000000000);
	gnutls_x509_crt_set_expiration_time(id->crt, 1000086400);
	gnutls_x509_crt_set_dn_by_oid(id->crt, GNUTLS_OID_X520_COMMON_NAME, 0, "kh", 2);
	gnutls_x509_crt_set_key(id->crt, id->key);
	assert_int_equal(gnutls_x509_crt_sign2(id->crt, id->crt, id->key, GNUTLS_DIG_SHA256, 0), 0);
	assert_int_equal(gnutls_x509_privkey_get_key_id(id->key, GNUTLS_KEYID_USE_SHA256, id->pin, &len), 0);
}

static int connect_to(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	        .sin_port = htons((uint16_t)plan.port),
	        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	for (int i = 0; i < 100 && connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0; i++)
		poll(NULL, 0, 20);
	return fd;
}

/* Answers what the door asks of its core meanwhile. */
static void be_core(void)
{
	struct channel_message m;

	while (channel_receive(core, &m, false, NULL) == 1) {
		if (str_eq(str_from(m.name), STR("late")))
			continue;
		m.verb = CHANNEL_ANSWER;
		m.code = 7;
		(void)channel_send(core, &m, false, NULL);
	}
}

static void send_all(gnutls_session_t s, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = gnutls_record_send(s, bytes.p, bytes.len);
		assert_true(n > 0);
		bytes = str_skip(bytes, (size_t)n);
	}
}

static int request(const struct identity *id, struct str head, struct str body, struct buf *ret)
{
	gnutls_certificate_credentials_t cred;
	gnutls_session_t s;
	char piece[4096];
	ssize_t n;
	int fd = connect_to(), status = 0;

	gnutls_certificate_allocate_credentials(&cred);
	if (id != NULL)
		gnutls_certificate_set_x509_key(cred, (gnutls_x509_crt_t *)(uintptr_t)&id->crt, 1, id->key);
	gnutls_init(&s, GNUTLS_CLIENT);
	gnutls_set_default_priority(s);
	gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, cred);
	gnutls_transport_set_int(s, fd);
	assert_int_equal(gnutls_handshake(s), 0);
	send_all(s, head);
	send_all(s, body);
	buf_clear(ret);
	do {
		struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = core, .events = POLLIN}};
		if (gnutls_record_check_pending(s) == 0)
			poll(p, 2, 15000);
		be_core();
		if (gnutls_record_check_pending(s) == 0 && p[0].revents == 0) {
			n = 1;
			continue;
		}
		n = gnutls_record_recv(s, piece, sizeof(piece));
		if (n > 0)
			buf_add(ret, str_make(piece, (size_t)n));
	} while (n > 0 || n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
	buf_char(ret, 0);
	ret->len--;
	if (str_starts(buf_str(ret), STR("HTTP/1.1 ")) && ret->len > 12)
		status = (ret->p[9] - '0') * 100 + (ret->p[10] - '0') * 10 + ret->p[11] - '0';
	gnutls_deinit(s);
	gnutls_certificate_free_credentials(cred);
	close(fd);
	return status;
}

static int get(const struct identity *id, const char *path, struct buf *ret)
{
	char head[512];

	snprintf(head, sizeof(head),
	        "GET %s HTTP/1.1\r\nHost: door.cert.example:%u\r\nConnection: close\r\n\r\n", path,
	        plan.port);
	return request(id, str_from(head), STR(""), ret);
}

static int put(const char *method, const char *path, struct str body, struct buf *ret)
{
	char head[512];

	snprintf(head, sizeof(head),
	        "%s %s HTTP/1.1\r\nHost: door.cert.example:%u\r\nContent-Length: %zu\r\nConnection: "
	        "close\r\n\r\n",
	        method, path, plan.port, body.len);
	return request(NULL, str_from(head), body, ret);
}

static struct str body_of(const struct buf *b)
{
	size_t at = str_find_str(buf_str(b), 0, STR("\r\n\r\n"));

	return at == SIZE_MAX ? STR("") : str_trim(str_skip(buf_str(b), at + 4));
}

/* ---- tests --------------------------------------------------------------------------------------- */

static void who_comes(void **state)
{
	auto_buf struct buf b = {0};
	struct identity one, two;
	char want[128], hex[65];

	(void)state;
	make_identity(&one);
	make_identity(&two);
	assert_int_equal(get(NULL, "/pin", &b), 200);
	assert_true(str_eq(body_of(&b), STR("none 127.0.0.1")));
	for (int i = 0; i < 2; i++) {
		struct identity *id = i == 0 ? &one : &two;
		str_hex_print(hex, id->pin, 32);
		snprintf(want, sizeof(want), "%s 127.0.0.1", hex);
		assert_int_equal(get(id, "/pin", &b), 200);
		assert_true(str_eq(body_of(&b), str_from(want)));
		gnutls_x509_crt_deinit(id->crt);
		gnutls_x509_privkey_deinit(id->key);
	}
	assert_int_equal(get(NULL, "/nothing", &b), 404);
}

/* Another name makes another certificate, of the same key: peers have its pin. */
static void the_pin_stays(void **state)
{
	struct country_paths paths = {.conf = conf_path, .sample = SOURCE_ROOT "/examples"};
	struct pages_plan again = {0}, peer = {0};
	uint8_t before[32], after[32];
	char path[128];
	struct err e;

	(void)state;
	assert_int_equal(tls_pin(&plan, before, &e), 0);
	snprintf(path, sizeof(path), "%s/weir.yaml", conf_path);
	assert_int_equal(os_write_file(path,
	                         STR("door:\n  listen: \"127.0.0.1\"\n  names: [other.cert.example]\n"), &e),
	        0);
	tls_plan_door(&paths, state_path, &again);
	assert_string_equal(again.wrong, "");
	assert_int_equal(again.port, 0);
	assert_string_not_equal(again.fingerprint, plan.fingerprint);
	assert_int_equal(tls_pin(&again, after, &e), 0);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(tls_peer(state_path, &peer, &e), 0);
	assert_string_equal(peer.fingerprint, again.fingerprint);
}

static void what_it_may(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	if (!reach_can_close())
		skip();
	assert_int_equal(get(NULL, "/try", &b), 200);
	/* of all only the shelf, and that to read */
	char want[128];
	/* sanitizers start threads and look at themselves by the calls that a fork takes */
#if SANITIZED
	int forked = 0;
#else
	int forked = EACCES;
#endif
	snprintf(want, sizeof(want), "%d 0 %d %d %d %d %d %d %d %d %d %d", EACCES, EACCES, EACCES, EACCES,
	        EACCES, EACCES, EACCES, EACCES, EACCES, EACCES, forked);
	if (!str_eq(body_of(&b), str_from(want)))
		fail_msg("'%.*s' and not '%s'", STR_ARG(body_of(&b)), want);
}

static void bodies(void **state)
{
	auto_buf struct buf b = {0}, large = {0};

	(void)state;
	for (unsigned i = 0; i < 300000; i++)
		buf_char(&large, 'x');
	assert_int_equal(put("PUT", "/count/a", buf_str(&large), &b), 200);
	assert_true(str_eq(body_of(&b), STR("300000")));
	assert_int_equal(put("POST", "/closed", STR("x"), &b), 403);
	assert_int_equal(put("PUT", "/count/a", STR(""), &b), 200);
	assert_int_equal(put("DELETE", "/count/a", STR(""), &b), 405);
}

static void the_core(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	assert_int_equal(put("POST", "/ask/one", STR("words of a stranger"), &b), 200);
	assert_true(str_eq(body_of(&b), STR("7 words of a stranger")));
	assert_int_equal(put("POST", "/ask/late", STR(""), &b), 503);
	assert_int_equal(put("POST", "/ask/two", STR("more"), &b), 200);
}

static void how_often(void **state)
{
	auto_buf struct buf b = {0};
	unsigned n = 0;

	(void)state;
	while (n < 70 && get(NULL, "/often", &b) == 200)
		n++;
	assert_in_range(n, 55, 66);
	assert_true(str_find_str(buf_str(&b), 0, STR("Retry-After: 60")) != SIZE_MAX);
	/* what is not counted goes on */
	assert_int_equal(get(NULL, "/pin", &b), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(who_comes),
	        cmocka_unit_test(the_pin_stays),
	        cmocka_unit_test(what_it_may),
	        cmocka_unit_test(bodies),
	        cmocka_unit_test(the_core),
	        cmocka_unit_test(how_often),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
