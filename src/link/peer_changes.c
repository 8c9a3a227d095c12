/* SPDX-License-Identifier: Apache-2.0 */
#include "link/peer_change.h"
#include "link/peer_change_in.h"

const struct change_row peer_changes[] = {
        {"key-import", "our own key list counts from now on; list", change_key_import, RIGHT_LINK, 0, true},
        {"peer-import", "takes the key list of another party; list", change_peer_import, RIGHT_LINK, 0},
        {"peer-type", "types the number that they read on the telephone; id, numbers, called, found, voice",
                change_peer_type, RIGHT_LINK, 0},
        {"peer-confirm",
                "a second person confirms a link; id, role, commands, per-minute, burst, day-bytes, "
                "blob-bytes, "
                "aside-bytes",
                change_peer_confirm, RIGHT_LINK, 0, true},
        {"peer-role", "what a link is; id, role, commands", change_peer_role, RIGHT_LINK, 0, true},
        {"peer-quota", "what a link may send; id, per-minute, burst, day-bytes, blob-bytes, aside-bytes",
                change_peer_quota, RIGHT_LINK, 0},
        {"peer-pause", "nothing is exchanged with a peer for a while; id, why", change_peer_pause, RIGHT_LINK,
                0},
        {"peer-resume", "a paused link goes on; id, note", change_peer_resume, RIGHT_LINK, 0},
        {"peer-end", "ends a link; id, why", change_peer_end, RIGHT_LINK, 0, true},
        {"peer-extend", "a key list counts some days longer, after a call; id, days, why", change_peer_extend,
                RIGHT_LINK, 0, true},
        {"peer-spoken", "people have spoken about two lists under one number; id, note", change_peer_spoken,
                RIGHT_LINK, 0, true},
        {"peer-retry", "judges again what was set aside of a party; id", change_peer_retry, RIGHT_LINK, 0},
        {"party-add",
                "a party in the directory; id, title, kind, country, language, email, pgp, website, note, "
                "mail",
                change_party_add, RIGHT_LINK, 0},
        {"party-edit", "changes a party; id, title, kind, country, language, email, pgp, website, note, mail",
                change_party_edit, RIGHT_LINK, 0},
        {"statement-release", "gives a held statement its effect; id, note", change_statement_release,
                RIGHT_LINK, 0, true},
        {"log-settle", "a person has looked into an alarm of a log; id: its number, why", change_log_settle,
                RIGHT_LINK, 0, true},
        {"recover-end", "two persons end the silence of an old database; why", change_recover_end, RIGHT_LINK,
                0, true},
        {"check-ask", "asks a party whether somebody answers; id, channel, hours", change_check_ask,
                RIGHT_LINK, 0},
        {"check-answer", "answers a check; id, token, note", change_check_answer, RIGHT_WORK, 0},
        {"check-note", "what came of a check by another channel; id, token, result, note", change_check_note,
                RIGHT_LINK, 0},
        {"check-plan", "how often the schedule asks a party; id, days", change_check_plan, RIGHT_LINK, 0},
        {"group-propose", "writes the card of a group; id, name, purpose, label, secretariat, members",
                change_group_propose, RIGHT_LINK, 0},
        {"group-send", "a second person sends the card of a group; id, note", change_group_send, RIGHT_LINK,
                0, true},
        {"group-drop", "the card of a group is not sent; id, note", change_group_drop, RIGHT_LINK, 0},
        {"group-confirm", "the newest card of a group counts here; id, note", change_group_confirm,
                RIGHT_LINK, 0},
        {"contact-add",
                "an entry of the directory, of our own card if id is empty; id, ref, kind, office, person, "
                "languages, "
                "hours, email, phone, fax, chat, pgp",
                change_contact_add, RIGHT_LINK, 0},
        {"contact-drop", "an entry goes; id, note", change_contact_drop, RIGHT_LINK, 0},
        {"contact-send", "our card is right as it is and goes to all links; zone, holidays, url",
                change_contact_send, RIGHT_LINK, 0},
        {"contact-confirm", "contacts of a party are still right; id, note", change_contact_confirm,
                RIGHT_LINK, 0},
        {"contact-asked",
                "a contact of the register was asked whether it is still right, or said so; id: its number, "
                "said: yes or asked",
                change_contact_asked, RIGHT_REGISTER, 0},
        {"contact-import", "parties and contacts of a list of members; name, rows", change_contact_import,
                RIGHT_LINK, 0},
};
const unsigned peer_change_count = sizeof(peer_changes) / sizeof(peer_changes[0]);
