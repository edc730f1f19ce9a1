import json

from odoo.tests import HttpCase, tagged

from .common import HelpdeskCase

# text of an answer: what of it is done; "!" where it tells of a solution
CASES = {
    "": "",
    "We look at it.": "",
    "We come by Friday. Thank you!": "deadline thanks",
    "Приедем 24.11, спасибо за обращение": "deadline thanks",
    "Инженер будет 3 декабря": "deadline",
    "Ответим в течение 2 рабочих дней": "deadline",
    "Приедем завтра до 18:00": "deadline",
    "Within an hour": "deadline",
    "in 2-3 working days": "deadline",
    "Завтракаем": "",
    "Version 19.0.1 of 2026": "",
    "Телефон 8-800-555-35-35, цена 12.50": "",
    "Заменили ролик.": "!",
    "Заменён. Чтобы не повторилось, чистите. Благодарим!": "! prevention thanks",
    "We replaced it. To avoid it, clean it. Thanks!": "! prevention thanks",
    "The abandoned printer": "",
}
CODE = """
    const { checkAnswer } = odoo.loader.modules.get(
        "@helpdesk_ntr/answer_check/answer_words"
    );
    const cases = %s;
    const facts = { is_prevented: false, is_solved: false };
    const read = (checks) =>
        (checks[0].name === "prevention" ? ["!"] : [])
            .concat(checks.filter((it) => it.isDone).map((it) => it.name))
            .join(" ");
    for (const [text, wanted] of Object.entries(cases)) {
        const found = read(checkAnswer(text, facts));
        if (found !== wanted) {
            console.error(`“${text}”: “${found}” and not “${wanted}”`);
        }
    }
    const told = checkAnswer("", { is_prevented: true, is_solved: true });
    if (read(told) !== "! prevention") {
        console.error("What the ticket says counts too");
    }
    console.log("test successful");
"""


@tagged("post_install", "-at_install")
class TestAnswerCheck(HelpdeskCase, HttpCase):
    def test_signs_in_the_words(self):
        self.engineer.password = self.engineer.login
        self.browser_js(
            "/odoo",
            CODE % json.dumps(CASES),
            "odoo.isReady === true",
            login=self.engineer.login,
        )
