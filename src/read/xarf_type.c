/* SPDX-License-Identifier: Apache-2.0
 *
 * The same type is written login_attack, login-attack and LoginAttack, sometimes within one version of the
 * format. A type that is not known says nothing by its category alone, except where all of a category is one
 * kind.
 */
#include "read/xarf_type.h"

static const struct {
	struct str category; /* empty: any */
	struct str type;     /* empty: any other */
	enum event_type is;
} types[] = {
        {STR_INIT("connection"), STR_INIT("bot"), TYPE_UNAUTHORISED_USE_OF_RESOURCES},
        {STR_INIT(""), STR_INIT("authfailure"), TYPE_BRUTE_FORCE},
        {STR_INIT(""), STR_INIT("loginattack"), TYPE_BRUTE_FORCE},
        {STR_INIT(""), STR_INIT("bruteforce"), TYPE_BRUTE_FORCE},
        {STR_INIT(""), STR_INIT("portscan"), TYPE_SCANNER},
        {STR_INIT(""), STR_INIT("reconnaissance"), TYPE_SCANNER},
        {STR_INIT(""), STR_INIT("vulnerabilityscan"), TYPE_SCANNER},
        {STR_INIT(""), STR_INIT("vulnerabilityscanning"), TYPE_SCANNER},
        {STR_INIT(""), STR_INIT("vulnscanning"), TYPE_SCANNER},
        {STR_INIT(""), STR_INIT("ddos"), TYPE_DDOS},
        {STR_INIT(""), STR_INIT("dos"), TYPE_DOS},
        {STR_INIT(""), STR_INIT("ddosamplification"), TYPE_DDOS_AMPLIFIER},
        {STR_INIT(""), STR_INIT("sqlinjection"), TYPE_IDS_ALERT},
        {STR_INIT(""), STR_INIT("hackattack"), TYPE_IDS_ALERT},
        {STR_INIT(""), STR_INIT("webattack"), TYPE_IDS_ALERT},
        {STR_INIT(""), STR_INIT("exploit"), TYPE_EXPLOIT},
        {STR_INIT(""), STR_INIT("scraping"), TYPE_UNAUTHORISED_USE_OF_RESOURCES},
        {STR_INIT(""), STR_INIT("webcrawler"), TYPE_UNAUTHORISED_USE_OF_RESOURCES},
        {STR_INIT(""), STR_INIT("infectedhost"), TYPE_INFECTED_SYSTEM},
        {STR_INIT(""), STR_INIT("botnet"), TYPE_INFECTED_SYSTEM},
        {STR_INIT(""), STR_INIT("botnetinfection"), TYPE_INFECTED_SYSTEM},
        {STR_INIT(""), STR_INIT("bot"), TYPE_INFECTED_SYSTEM},
        {STR_INIT(""), STR_INIT("c2"), TYPE_C2_SERVER},
        {STR_INIT(""), STR_INIT("c2server"), TYPE_C2_SERVER},
        {STR_INIT(""), STR_INIT("commandandcontrol"), TYPE_C2_SERVER},
        {STR_INIT(""), STR_INIT("compromisedserver"), TYPE_SYSTEM_COMPROMISE},
        {STR_INIT(""), STR_INIT("remotecompromise"), TYPE_SYSTEM_COMPROMISE},
        {STR_INIT(""), STR_INIT("webhack"), TYPE_APPLICATION_COMPROMISE},
        {STR_INIT(""), STR_INIT("defacement"), TYPE_UNAUTHORISED_INFORMATION_MODIFICATION},
        {STR_INIT(""), STR_INIT("potentiallycompromisedaccount"), TYPE_UNPRIVILEGED_ACCOUNT_COMPROMISE},
        {STR_INIT(""), STR_INIT("phishing"), TYPE_PHISHING},
        {STR_INIT(""), STR_INIT("malware"), TYPE_MALWARE_DISTRIBUTION},
        {STR_INIT(""), STR_INIT("malwaredistribution"), TYPE_MALWARE_DISTRIBUTION},
        {STR_INIT(""), STR_INIT("malwareattack"), TYPE_MALWARE_DISTRIBUTION},
        {STR_INIT(""), STR_INIT("virus"), TYPE_MALWARE_DISTRIBUTION},
        {STR_INIT(""), STR_INIT("fraud"), TYPE_MASQUERADE},
        {STR_INIT(""), STR_INIT("brandinfringement"), TYPE_MASQUERADE},
        {STR_INIT(""), STR_INIT("identitytheft"), TYPE_MASQUERADE},
        {STR_INIT(""), STR_INIT("trademark"), TYPE_MASQUERADE},
        {STR_INIT(""), STR_INIT("ipspoof"), TYPE_MASQUERADE},
        {STR_INIT(""), STR_INIT("exposeddata"), TYPE_DATA_LEAK},
        {STR_INIT(""), STR_INIT("csam"), TYPE_VIOLENCE},
        {STR_INIT(""), STR_INIT("csem"), TYPE_VIOLENCE},
        {STR_INIT(""), STR_INIT("ncii"), TYPE_VIOLENCE},
        {STR_INIT(""), STR_INIT("childabuse"), TYPE_VIOLENCE},
        {STR_INIT(""), STR_INIT("harassment"), TYPE_HARMFUL_SPEECH},
        {STR_INIT(""), STR_INIT("spam"), TYPE_SPAM},
        {STR_INIT(""), STR_INIT("bulkmessaging"), TYPE_SPAM},
        {STR_INIT(""), STR_INIT("spamvertised"), TYPE_SPAM},
        {STR_INIT(""), STR_INIT("commentspam"), TYPE_SPAM},
        {STR_INIT(""), STR_INIT("harvesting"), TYPE_SPAM},
        {STR_INIT(""), STR_INIT("copyright"), TYPE_COPYRIGHT},
        {STR_INIT(""), STR_INIT("openservice"), TYPE_POTENTIALLY_UNWANTED_ACCESSIBLE},
        {STR_INIT("vulnerability"), STR_INIT("open"), TYPE_POTENTIALLY_UNWANTED_ACCESSIBLE},
        {STR_INIT("vulnerability"), STR_INIT(""), TYPE_VULNERABLE_SYSTEM},
        {STR_INIT("copyright"), STR_INIT(""), TYPE_COPYRIGHT},
        {STR_INIT("reputation"), STR_INIT("blocklist"), TYPE_BLACKLIST},
        {STR_INIT("reputation"), STR_INIT("threatintelligence"), TYPE_OTHER},
};

static struct str bare(struct str s, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < size; i++)
		if (char_alnum(s.p[i]))
			buf[n++] = char_lower(s.p[i]);
	return str_make(buf, n);
}

enum event_type xarf_type(struct str category, struct str type)
{
	char category_buf[64], type_buf[64];

	category = bare(category, category_buf, sizeof(category_buf));
	type = bare(type, type_buf, sizeof(type_buf));
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if ((types[i].category.len == 0 || str_eq(types[i].category, category)) &&
		        (types[i].type.len == 0 || str_eq(types[i].type, type)))
			return types[i].is;
	return TYPE_UNDETERMINED;
}
