// What can be seen in the words of an answer, in Russian and English. A sign that is
// missed leaves a reminder standing, nothing more.

const START = "(?<![\\p{L}\\d])";
const END = "(?![\\p{L}\\d])";
const MONTHS =
    "(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр" +
    "|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\\p{L}*";
const DAYS =
    "(?:понедельник|вторник|сред[уыеа]|четверг|пятниц|суббот|воскресень" +
    "|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\\p{L}*";
const SPANS =
    "(?:мин|час|сут|день|дня|дней|недел|рабоч|полчаса|minute|hour|day|week|working|business)\\p{L}*";

function words(...patterns) {
    return new RegExp(`${START}(?:${patterns.join("|")})`, "iu");
}

const DATE = words(
    `(?:0?[1-9]|[12]\\d|3[01])[./](?:0?[1-9]|1[0-2])(?:[./]\\d{2,4})?${END}`,
    `\\d{4}-\\d{2}-\\d{2}${END}`,
    `\\d{1,2}(?:-?го|th|st|nd|rd)?\\s+(?:of\\s+)?${MONTHS}`,
    `${MONTHS}\\s+\\d{1,2}${END}`,
    `(?:сегодня|завтра|послезавтра|today|tomorrow|tonight)${END}`,
    `(?:в|во|до|к|с|on|by|until|till|before|next|this)\\s+${DAYS}`,
    `(?:до|к|в|by|at|until|before)\\s+\\d{1,2}[:.]\\d{2}${END}`,
    `(?:в течение|через|за|within|in)\\s+(?:\\p{L}+\\s+)?(?:\\d+\\s*)?(?:[-–]\\s*\\d+\\s+)?${SPANS}`,
    "до конца\\s+(?:дня|недели|месяца|года|смены)",
    "(?:by|before) the end of"
);
const PREVENTION = words(
    "чтобы\\s+[^.!?]{0,60}не\\s+(?:повтор|случ|возник|произош|появ)",
    "во избежание",
    "в дальнейшем",
    "в будущем",
    "впредь",
    "на будущее",
    "рекоменду",
    "совету",
    "не допус",
    "профилакти",
    "prevent",
    "avoid",
    "in (?:the )?future",
    "recommend",
    "we advise",
    "so that (?:it|this) does not",
    "next time"
);
const THANKS = words("спасибо", "благодар", "признател", "thank", "grateful", "appreciate");
const SOLUTION = words(
    "(?:решен[аоы]?|решили|решил|исправ\\p{L}+|устран\\p{L}+|замен(?:ил|ен|ён)\\p{L}*)",
    "(?:починил|отремонтир|наладил|настроил|почистил|выполнен|готово)\\p{L}*",
    `(?:solved|fixed|resolved|repaired|replaced|done|cleaned)${END}`
);

/**
 * What an answer to the client should say and whether it does: the deadline while the
 * trouble lasts, how to avoid it once the answer tells of a solution, thanks always.
 *
 * @param {string} text what is written so far
 * @param {{is_prevented: boolean, is_solved: boolean}} facts of the ticket
 * @returns {{name: "deadline"|"prevention"|"thanks", isDone: boolean}[]}
 */
export function checkAnswer(text, facts) {
    const tellsSolution = facts.is_solved || SOLUTION.test(text);
    const first = tellsSolution
        ? { name: "prevention", isDone: facts.is_prevented || PREVENTION.test(text) }
        : { name: "deadline", isDone: DATE.test(text) };
    return [first, { name: "thanks", isDone: THANKS.test(text) }];
}
