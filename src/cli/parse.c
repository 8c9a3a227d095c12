/* SPDX-License-Identifier: Apache-2.0
 *
 * argv to struct cli. GNU habits: options may stand behind operands, "--" ends them, "-" is an operand.
 * Long options are not abbreviated: what a script writes today must mean the same when a row is added.
 * A misspelt command or option is answered with the nearest one.
 */
#include "cli/cli.h"

const struct command *command_find(const struct command *const *table, struct str name)
{
	for (; *table != NULL; table++)
		if (str_eq(str_from((*table)->name), name))
			return *table;
	return NULL;
}

bool command_group(const struct command *const *table, struct str name)
{
	for (; *table != NULL; table++) {
		struct str_cut cut = str_cut(str_from((*table)->name), ' ');
		if (cut.ok && str_eq(cut.head, name))
			return true;
	}
	return false;
}

/* Keeps the nearer of best and name; a word may be wrong in a third of its letters. */
static void nearer(struct str word, const char *name, const char **best, unsigned *best_distance)
{
	unsigned d = str_distance(word, str_from(name));

	if (d < *best_distance && d <= 1 + word.len / 4) {
		*best_distance = d;
		*best = name;
	}
}

static int bad_command(const struct cli *c, struct str word, struct err *e)
{
	const char *best = NULL;
	unsigned distance = ~0u;
	char shown[80];

	for (size_t i = 0; c->table[i] != NULL; i++)
		nearer(word, c->table[i]->name, &best, &distance);
	err_quote(shown, sizeof(shown), word);
	if (best != NULL)
		return err_set(e, ERR_USAGE, "no command '%s'; did you mean '%s'?", shown, best);
	return err_set(e, ERR_USAGE, "no command '%s'; 'weir help' lists them", shown);
}

static int bad_option(const struct cli *c, struct str word, struct err *e)
{
	const struct cli_option *o = c->command->options;
	const char *best = NULL;
	unsigned distance = ~0u;
	char shown[80];

	nearer(word, "help", &best, &distance);
	for (; o != NULL && o->name != NULL; o++)
		nearer(word, o->name, &best, &distance);
	err_quote(shown, sizeof(shown), word);
	if (best != NULL)
		return err_set(e, ERR_USAGE, "'weir %s' has no option '--%s'; did you mean '--%s'?",
		        c->command->name, shown, best);
	return err_set(e, ERR_USAGE, "'weir %s' has no option '--%s'; 'weir help %s' lists them",
	        c->command->name, shown, c->command->name);
}

static const struct cli_option *option_find(const struct command *command, struct str name)
{
	const struct cli_option *o = command->options;

	for (; o != NULL && o->name != NULL; o++)
		if (str_eq(str_from(o->name), name))
			return o;
	return NULL;
}

static const struct cli_option *option_letter(const struct command *command, char letter)
{
	const struct cli_option *o = command->options;

	for (; o != NULL && o->name != NULL; o++)
		if (o->letter != 0 && o->letter == letter)
			return o;
	return NULL;
}

struct argv_left {
	const char *const *v;
	int n, at;
};

static void give(struct cli *c, const struct cli_option *o, const char *value)
{
	struct cli_given *g = vec_add(&c->given);

	g->option = o;
	g->value = value;
}

/* The argument of o is what stands behind it in the same word, or the next word. */
static int give_arg(
        struct cli *c, const struct cli_option *o, const char *value, struct argv_left *left, struct err *e)
{
	if (value == NULL && left->at == left->n)
		return err_set(e, ERR_USAGE, "'--%s' needs its argument %s", o->name, o->arg);
	give(c, o, value != NULL ? value : left->v[left->at++]);
	return 0;
}

static int parse_long(struct cli *c, const char *word, struct argv_left *left, struct err *e)
{
	struct str_cut cut = str_cut(str_from(word), '=');
	const struct cli_option *o = option_find(c->command, cut.head);

	if (o == NULL && str_eq(cut.head, STR("help")) && !cut.ok) {
		c->help = true;
		return 0;
	}
	if (o == NULL)
		return bad_option(c, cut.head, e);
	if (o->arg != NULL)
		return give_arg(c, o, cut.ok ? cut.tail.p : NULL, left, e);
	if (cut.ok)
		return err_set(e, ERR_USAGE, "'--%s' takes no argument", o->name);
	give(c, o, NULL);
	return 0;
}

/* A run of letters: "-ab" is "-a -b", and what follows a letter that takes an argument is the argument. */
static int parse_letters(struct cli *c, const char *word, struct argv_left *left, struct err *e)
{
	char shown[8];

	for (; *word != 0; word++) {
		const struct cli_option *o = option_letter(c->command, *word);
		if (o == NULL && *word == 'h') {
			c->help = true;
			continue;
		}
		if (o == NULL) {
			err_quote(shown, sizeof(shown), str_make(word, 1));
			return err_set(e, ERR_USAGE,
			        "'weir %s' has no option '-%s'; 'weir help %s' lists them", c->command->name,
			        shown, c->command->name);
		}
		if (o->arg != NULL)
			return give_arg(c, o, word[1] != 0 ? word + 1 : NULL, left, e);
		give(c, o, NULL);
	}
	return 0;
}

static int parse_rest(struct cli *c, struct argv_left *left, struct err *e)
{
	bool only_operands = false;

	while (left->at < left->n) {
		const char *word = left->v[left->at++];
		int rc = 0;
		if (only_operands || word[0] != '-' || word[1] == 0)
			*vec_add(&c->operands) = word;
		else if (word[1] != '-')
			rc = parse_letters(c, word + 1, left, e);
		else if (word[2] == 0)
			only_operands = true;
		else
			rc = parse_long(c, word + 2, left, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int check_operands(const struct cli *c, struct err *e)
{
	const struct command *cmd = c->command;

	if (c->operands.n > cmd->max && cmd->max == 0)
		return err_set(e, ERR_USAGE, "'weir %s' takes no operands, only options", cmd->name);
	if (c->operands.n > cmd->max)
		return err_set(e, ERR_USAGE, "'weir %s' takes %s and no more", cmd->name, cmd->params);
	if (c->operands.n < cmd->min)
		return err_set(e, ERR_USAGE, "'weir %s' needs %s", cmd->name, cmd->params);
	return 0;
}

/* The command is the first two words if they name one, else the first. */
static int parse_name(struct cli *c, struct argv_left *left, struct err *e)
{
	struct str word = str_from(left->v[left->at++]);
	char two[64], shown[80];

	if (left->at < left->n) {
		int n = snprintf(two, sizeof(two), "%s %s", word.p, left->v[left->at]);
		if (n > 0 && n < (int)sizeof(two))
			c->command = command_find(c->table, str_make(two, (size_t)n));
		left->at += c->command != NULL;
	}
	if (c->command == NULL)
		c->command = command_find(c->table, word);
	if (c->command != NULL)
		return 0;
	if (!command_group(c->table, word))
		return bad_command(c, word, e);
	if (left->at == left->n)
		return err_set(e, ERR_USAGE,
		        "'weir %s' is the first word of several commands; 'weir help %s' "
		        "lists them",
		        word.p, word.p);
	err_quote(shown, sizeof(shown), str_from(left->v[left->at]));
	return err_set(e, ERR_USAGE, "no command '%s %s'; 'weir help %s' lists them", word.p, shown, word.p);
}

int cli_parse(struct cli *c, int argc, const char *const *argv, struct err *e)
{
	struct argv_left left = {argv, argc, 1};

	if (left.at >= left.n)
		return err_set(e, ERR_USAGE, "which command? 'weir help' lists them");
	int rc = parse_name(c, &left, e);
	if (rc == 0)
		rc = parse_rest(c, &left, e);
	if (rc == 0 && !c->help)
		rc = check_operands(c, e);
	return rc;
}

void cli_done(struct cli *c)
{
	vec_done(&c->given);
	vec_done(&c->operands);
	buf_done(&c->out);
}
