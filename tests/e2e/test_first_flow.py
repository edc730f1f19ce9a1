"""A client's mail becomes a solved and confirmed ticket: the whole way of it.

Real SMTP in and out, an IMAP mailbox, Odoo's own scheduler and a browser. The tests
of a class tell one story and build on each other.
"""

import re
from pathlib import Path

import pytest
import requests
from support import scene
from support.api import Refused
from support.smtp import read_letter, write_letter

MAILS = Path(__file__).resolve().parents[1] / "mail" / "first_flow"
ADDRESS = f"{scene.ALIAS}@{scene.DOMAIN}"
IVAN = scene.email_of("ivan")
EMMA = scene.email_of("emma")
ENGINEER = scene.email_of("engineer")
SOLUTION = "Replaced the encoder of the drive."
CLOSE = "helpdesk_ntr.ir_cron_close_solved"


class Story:
    """What a test leaves to those that follow it in its class."""

    def __getattr__(self, name):
        pytest.fail(f"an earlier test of this class has not come to {name!r}")


@pytest.fixture(scope="class")
def story():
    return Story()


def get_cause_id(stage):
    api = stage.api("engineer")
    return api.search("ntr.ticket.cause", [("team_ids", "=", False)], limit=1)[0]


def make_ticket(stage, login, name, **values):
    """A ticket of a client that the dispatcher registers, with its number.

    Its acknowledgement is on the way, so that it meets nothing that follows.
    """
    api = stage.api("dispatcher")
    values = {
        "name": name,
        "partner_id": stage.cast["partners"][login],
        "team_id": stage.cast["team_id"],
        **values,
    }
    ticket_id = api.call("ntr.ticket", "create", vals_list=[values])[0]
    stage.wait_notices(ticket_id)
    return ticket_id, stage.get(ticket_id, "number")


def solve(stage, ticket_id):
    """The engineer takes a ticket and solves it; the client's letter of it."""
    mark = stage.sink.count()
    api = stage.api("engineer")
    if stage.get(ticket_id, "state") == "new":
        api.call("ntr.ticket", "take", [ticket_id])
    api.call(
        "ntr.ticket",
        "solve",
        [ticket_id],
        solution=SOLUTION,
        cause_id=get_cause_id(stage),
    )
    email = stage.query(
        "SELECT partner.email FROM ntr_ticket JOIN res_partner partner"
        " ON partner.id = ntr_ticket.partner_id WHERE ntr_ticket.id = %s",
        ticket_id,
    )[0][0]
    return stage.sink.wait(email, stage.get(ticket_id, "number"), SOLUTION, after=mark)


def get_answer_links(letter):
    """The addresses to confirm and to reject by, in this order."""
    links = list(letter.get_links("/support/answer/").values())
    assert len(links) == 2, links
    return links


def get_page(address):
    """What a mail scanner, or a person who is not logged in, gets."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept-Language"] = "en-US"
    return session.get(address, timeout=60)


def assert_dead(page, *secrets):
    """The page says that its link does nothing, and nothing of the ticket."""
    assert page.status_code == 200
    assert "<form" not in page.text
    for secret in secrets:
        assert secret not in page.text


def is_russian(letter, *names):
    """Whether the words of the letter are Russian, those of the client left aside."""
    text = letter.text
    for name in names:
        text = text.replace(name, "")
    return len(re.findall(r"[А-Яа-яё]{3,}", text)) > 5


def open_ticket(browser, ticket_id):
    browser.open(f"/odoo/ntr-tickets/{ticket_id}")
    browser.find(".o_form_view .o_field_widget[name=number]")


class TestRequestOfKnownClient:
    """From the mail to the rating."""

    def test_mail_becomes_ticket(self, stage, story):
        letter = read_letter(MAILS / "known_client.eml")
        story.message_id = letter["Message-ID"]
        story.name = str(letter["Subject"])
        story.id = stage.send(letter)
        story.number, name, team_id, line_id, partner_id, state, user_id = stage.get(
            story.id,
            *("number", "name", "team_id", "line_id", "partner_id", "state"),
            "user_id",
        )
        assert re.search(r"\d{3}", story.number)
        assert name == story.name
        assert team_id == stage.cast["team_id"]
        assert line_id == stage.cast["line_ids"]["Operators"]
        assert partner_id == stage.cast["partners"]["ivan"]
        assert (state, user_id) == ("new", None)
        assert stage.query(
            "SELECT code FROM ntr_channel JOIN ntr_ticket ticket"
            " ON ticket.channel_id = ntr_channel.id WHERE ticket.id = %s",
            story.id,
        ) == [("email",)]

    def test_attachments_are_kept(self, stage, story):
        files = stage.query(
            "SELECT name, mimetype, file_size FROM ir_attachment"
            " WHERE res_model = 'ntr.ticket' AND res_id = %s",
            story.id,
        )
        types = {name: mimetype for name, mimetype, size in files if size}
        assert types == {"panel.png": "image/png", "протокол.pdf": "application/pdf"}

    def test_inline_image_is_shown(self, stage, story):
        description = stage.api("engineer").read("ntr.ticket", story.id, "description")
        assert "E17" in description["description"]
        assert "cid:" not in description["description"]
        assert "/web/image/" in description["description"]

    def test_ledger_begins(self, stage, story):
        partner_id = stage.cast["partners"]["ivan"]
        assert stage.events(story.id, "created")
        rows = stage.query(
            "SELECT actor_id, audience, message_id IS NULL FROM ntr_ticket_event"
            " WHERE ticket_id = %s AND type = 'client_message'",
            story.id,
        )
        assert rows == [(partner_id, "client", False)]

    def test_client_is_acknowledged(self, stage, story):
        letter = stage.sink.wait(IVAN, story.number)
        story.acknowledgement = letter
        assert letter.recipients == (IVAN,)
        assert story.number in letter.text
        assert story.message_id in letter.references
        assert letter.message["Auto-Submitted"] == "auto-replied"
        assert ADDRESS in letter.message["Reply-To"]
        assert stage.cast["team"] in letter.message["From"]
        assert is_russian(letter, story.name, "Ivan Petrov")

    def test_acknowledgement_came_within_a_minute(self, stage, story):
        rows = stage.query(
            "SELECT EXTRACT(EPOCH FROM message.create_date - ticket.create_date)"
            " FROM ntr_ticket ticket JOIN mail_message message"
            " ON message.model = 'ntr.ticket' AND message.res_id = ticket.id"
            " WHERE ticket.id = %s AND message.message_type = 'auto_comment'",
            story.id,
        )
        assert len(rows) == 1
        assert rows[0][0] < 60

    def test_answer_to_it_joins_the_ticket(self, stage, story):
        answer = write_letter(
            f"Ivan Petrov <{IVAN}>",
            ADDRESS,
            f"Re: {story.acknowledgement.subject}",
            "It also smells of smoke.",
            message_id="<answer.1@kolibri.example>",
            in_reply_to=story.acknowledgement.message_id,
            references=f"{story.message_id} {story.acknowledgement.message_id}",
        )
        before = stage.query("SELECT count(*) FROM ntr_ticket")
        assert stage.send(answer) == story.id
        assert stage.query("SELECT count(*) FROM ntr_ticket") == before
        assert len(stage.events(story.id, "client_message")) == 2
        assert stage.get(story.id, "unanswered_since")
        assert not stage.query(
            "SELECT 1 FROM ntr_notice WHERE ticket_id = %s", story.id
        )
        # Nobody of ours has it yet, so it is sent to nobody.
        assert not stage.query(
            "SELECT res_partner_id FROM mail_notification notification"
            " JOIN mail_message message ON message.id = notification.mail_message_id"
            " WHERE message.message_id = '<answer.1@kolibri.example>'"
        )

    def test_dispatcher_classifies_and_assigns(self, stage, browser, story):
        with browser.no_errors():
            browser.log_in(*scene.credentials_of("dispatcher"))
            browser.click(".o_navbar_apps_menu button")
            browser.click('[data-menu-xmlid="helpdesk_ntr.helpdesk_menu_root"]')
            browser.click('[data-menu-xmlid="helpdesk_ntr.helpdesk_menu_triage"]')
            browser.click(".o_kanban_record", story.number)
            browser.find(".o_form_view .o_field_widget[name=number]", story.number)
            browser.choose(".o_field_widget[name=kind_id]", "Incident")
            browser.choose(".o_field_widget[name=category_id]", "E2E drives")
            browser.click(".o_field_widget[name=priority] [aria-label=Urgent]")
            browser.choose(".o_field_widget[name=user_id]", "Egor Engineer")
            browser.click(".o_form_button_save")
            browser.find(".o_form_saved")
        assert stage.get(story.id, "priority", "category_id", "user_id") == (
            "2",
            stage.cast["category_id"],
            stage.cast["users"]["engineer"],
        )
        assert stage.get(story.id, "kind_id", "assigned_at") > (0,)
        assert len(stage.events(story.id, "assigned")) == 1

    def test_engineer_is_told(self, stage, story):
        letter = stage.sink.wait(ENGINEER, "Assigned to you", story.number)
        assert f"/{story.id}" in letter.html or story.number in letter.text
        assert not stage.sink.find(IVAN, "Assigned to you")

    def test_engineer_takes_it(self, stage, browser, story):
        with browser.no_errors():
            browser.log_in(*scene.credentials_of("engineer"))
            browser.click(".o_navbar_apps_menu button")
            browser.click('[data-menu-xmlid="helpdesk_ntr.helpdesk_menu_root"]')
            browser.click('[data-menu-xmlid="helpdesk_ntr.helpdesk_menu_my_work"]')
            browser.click(".o_data_row .o_data_cell[name=number]", story.number)
            browser.click("button[name=action_take]")
            browser.wait_gone("button[name=action_take]")
        assert stage.get(story.id, "state") == "open"
        assert len(stage.events(story.id, "taken")) == 1

    def test_engineer_answers(self, stage, browser, story):
        assert not stage.get(story.id, "first_response_at")
        with browser.no_errors():
            browser.click(".o-mail-Chatter-sendMessage")
            browser.type(".o-mail-Composer-input", "Please switch the drive off.")
            browser.click(".o-mail-Composer-send:not([disabled])")
            browser.find(".o-mail-Message", "Please switch the drive off.")
        letter = stage.sink.wait(IVAN, story.number, "Please switch the drive off.")
        assert ADDRESS in letter.message["Reply-To"]
        assert story.message_id in letter.references
        assert stage.get(story.id, "first_response_at")
        assert not stage.get(story.id, "unanswered_since")
        assert len(stage.events(story.id, "reply")) == 1

    def test_answer_holds_nothing_of_the_office(self, stage, story):
        """No link that opens the ticket without login, none into the back office."""
        letter = stage.sink.find(IVAN, story.number, "Please switch the drive off.")[0]
        links = str(re.findall(r'href="([^"]+)"', letter.html))
        assert "access_token" not in links
        assert "/odoo/" not in links

    def test_solving_needs_cause_and_text(self, stage, browser, story):
        with browser.no_errors():
            open_ticket(browser, story.id)
            browser.click(".o_statusbar_buttons button", "Solve")
            browser.click(".modal button[name=action_solve]")
            browser.find(".modal .o_field_widget[name=solution].o_field_invalid")
            browser.find(".modal .o_field_widget[name=cause_id].o_field_invalid")
            assert stage.get(story.id, "state") == "open"
            browser.click(".modal footer button", "Discard")
            browser.wait_gone(".modal")

    def test_refusal_names_what_is_missing(self, stage, story):
        api = stage.api("engineer")
        with pytest.raises(Refused, match="solution") as refused:
            api.call("ntr.ticket", "solve", [story.id], cause_id=get_cause_id(stage))
        assert refused.value.kind == "UserError"
        assert story.number in refused.value.sentence
        with pytest.raises(Refused, match="cause"):
            api.call("ntr.ticket", "solve", [story.id], solution=SOLUTION)
        with pytest.raises(Refused, match="solution.* cause"):
            api.call("ntr.ticket", "solve", [story.id])
        assert stage.get(story.id, "state") == "open"

    def test_engineer_solves(self, stage, browser, story):
        story.mark = stage.sink.count()
        with browser.no_errors():
            open_ticket(browser, story.id)
            browser.click(".o_statusbar_buttons button", "Solve")
            browser.choose(".modal .o_field_widget[name=cause_id]", "Wear")
            browser.type(
                ".modal .o_field_widget[name=solution] .odoo-editor-editable", SOLUTION
            )
            browser.click(".modal button[name=action_solve]")
            browser.wait_gone(".modal")
        assert stage.get(story.id, "state", "waiting_on") == ("solved", "client")
        assert stage.get(story.id, "close_due_at") > stage.get(story.id, "solved_at")
        assert SOLUTION in stage.get(story.id, "solution")

    def test_client_gets_solution_with_two_links(self, stage, story):
        letter = stage.sink.wait(IVAN, story.number, SOLUTION, after=story.mark)
        # Odoo names the last few messages of the thread, not all of them.
        assert "<answer.1@kolibri.example>" in letter.references
        assert is_russian(letter, story.name, "Ivan Petrov", SOLUTION)
        story.confirm, story.reject = get_answer_links(letter)
        assert story.confirm.startswith(f"{stage.url}/support/answer/")
        assert story.confirm != story.reject

    def test_scanner_changes_nothing(self, stage, story):
        before = stage.events(story.id)
        for link in (story.confirm, story.reject):
            page = get_page(link)
            assert page.status_code == 200
            assert "csrf_token" in page.text
        assert stage.get(story.id, "state") == "solved"
        assert stage.events(story.id) == before

    def test_client_rejects_by_link(self, stage, browser, story):
        mark = stage.sink.count()
        browser.forget()
        with browser.no_errors():
            browser.open(story.reject)
            browser.type("textarea[name=reason]", "It smokes again.")
            browser.click("#wrap button[type=submit]")
            browser.find("#wrap [role=status]", story.number)
        assert stage.get(story.id, "state", "reopen_count") == ("open", 1)
        assert stage.get(story.id, "close_due_at", "solved_at") == (None, None)
        partner_id = stage.cast["partners"]["ivan"]
        assert stage.events(story.id, "rejected") == [
            ("rejected", partner_id, "It smokes again.")
        ]
        letter = stage.sink.wait(ENGINEER, "rejected", "It smokes again.", after=mark)
        assert story.number in letter.subject

    def test_links_of_rejected_solution_are_dead(self, story):
        for link in (story.confirm, story.reject):
            assert_dead(get_page(link), story.number, "E17", SOLUTION)

    def test_engineer_solves_again(self, stage, story):
        letter = solve(stage, story.id)
        story.old_links = (story.confirm, story.reject)
        story.confirm, story.reject = get_answer_links(letter)
        assert not {story.confirm, story.reject} & set(story.old_links)
        assert stage.get(story.id, "state") == "solved"

    def test_used_link_stays_used(self, story):
        assert_dead(get_page(story.old_links[1]), story.number, "E17", SOLUTION)

    def test_client_confirms_by_link(self, stage, browser, story):
        story.mark = stage.sink.count()
        browser.forget()
        with browser.no_errors():
            browser.open(story.confirm)
            browser.find("#wrap", story.number)
            browser.click("#wrap button[type=submit]")
            browser.find("#wrap [role=status]", story.number)
        assert stage.get(story.id, "state") == "closed"
        assert stage.get(story.id, "closed_at")
        partner_id = stage.cast["partners"]["ivan"]
        assert stage.events(story.id, "confirmed") == [("confirmed", partner_id, None)]

    def test_client_rates(self, stage, browser, story):
        letter = stage.sink.wait(IVAN, story.number, after=story.mark)
        links = list(letter.get_links("/rate/").values())
        assert len(links) == 3
        assert all(link.startswith(stage.url) for link in links)
        rated = (
            "SELECT rating, feedback FROM rating_rating WHERE consumed AND res_id = %s"
        )
        for link in links:
            get_page(link)
        assert not stage.query(f"{rated} AND res_model = 'ntr.ticket'", story.id)
        with browser.no_errors():
            browser.open(links[0])
            browser.type("textarea[name=feedback]", "Quick work")
            browser.click("form button[type=submit]")
            browser.wait_gone("textarea[name=feedback]")
        assert stage.query(f"{rated} AND res_model = 'ntr.ticket'", story.id) == [
            (5.0, "Quick work")
        ]
        assert len(stage.events(story.id, "rated")) == 1
        assert stage.get(story.id, "state") == "closed"

    def test_links_of_closed_ticket_are_dead(self, story):
        for link in (story.confirm, story.reject):
            assert_dead(get_page(link), story.number, "E17", SOLUTION)

    def test_wrong_link_is_dead(self, stage):
        page = get_page(f"{stage.url}/support/answer/{'x' * 43}")
        assert_dead(page)
        assert "does nothing any more" in page.text

    def test_ledger_tells_the_story(self, stage, story):
        assert [row[0] for row in stage.events(story.id)] == [
            *("created", "client_message", "automatic_message", "client_message"),
            *("classified", "assigned", "taken", "reply"),
            *("solved", "automatic_message", "rejected"),
            *("solved", "automatic_message"),
            *("confirmed", "closed", "automatic_message", "rated"),
        ]


class TestOtherMail:
    """Strangers, programs, and words after the solution."""

    def test_unknown_sender(self, stage, story):
        ticket_id = stage.send(read_letter(MAILS / "unknown_sender.eml"))
        number, partner_id, email = stage.get(
            ticket_id, "number", "partner_id", "email_from"
        )
        assert partner_id is None
        assert "jack@unknown.example" in email
        letter = stage.sink.wait("jack@unknown.example", number)
        assert not is_russian(letter)
        assert "We have received your request" in letter.text
        assert "<CAF+belt.2026@mail.unknown.example>" in letter.references
        # Spam must not leave contacts behind.
        assert not stage.query(
            "SELECT 1 FROM res_partner WHERE email_normalized = 'jack@unknown.example'"
        )

    def test_english_client_is_answered_in_english(self, stage, story):
        letter = write_letter(
            f"Emma Stone <{EMMA}>",
            ADDRESS,
            "The oven stays cold",
            "Since this morning.",
            message_id="<oven.1@falcon.example>",
        )
        story.id = stage.send(letter)
        story.number = stage.get(story.id, "number")
        story.letter = stage.sink.wait(EMMA, story.number)
        assert "We have received your request" in story.letter.text
        assert stage.get(story.id, "partner_id") == stage.cast["partners"]["emma"]

    def test_automatic_mail_is_not_acknowledged(self, stage, story):
        stage.send_automatic(read_letter(MAILS / "automatic_reply.eml"))
        vacation = read_letter(
            MAILS / "vacation.eml",
            **{"from": f"Emma Stone <{EMMA}>"},
            in_reply_to=story.letter.message_id,
            references=story.letter.message_id,
        )
        mark = stage.sink.count()
        assert stage.send(vacation, sender="") == story.id
        assert not stage.query(
            "SELECT 1 FROM ntr_notice WHERE ticket_id = %s", story.id
        )
        # A person's mail that came later is answered: theirs would have been by now.
        person = write_letter(
            f"Ivan Petrov <{IVAN}>",
            ADDRESS,
            "Oil level",
            "Which oil does the gear take?",
            message_id="<oil.1@kolibri.example>",
        )
        number = stage.get(stage.send(person), "number")
        stage.sink.wait(IVAN, number, after=mark)
        assert not stage.sink.find("robot@monitoring.example")
        assert not stage.sink.find(EMMA, after=mark)
        types = [row[0] for row in stage.events(story.id)]
        assert types == [
            *("created", "client_message"),
            *("automatic_message", "automatic_message"),
        ]

    def test_answer_reopens_solved_ticket(self, stage, story):
        letter = solve(stage, story.id)
        mark = stage.sink.count()
        answer = write_letter(
            f"Emma Stone <{EMMA}>",
            ADDRESS,
            f"Re: {letter.subject}",
            "It is cold again.",
            message_id="<oven.2@falcon.example>",
            in_reply_to=letter.message_id,
            references=letter.message_id,
        )
        assert stage.send(answer) == story.id
        assert stage.get(story.id, "reopen_count", "waiting_on") == (1, "us")
        assert len(stage.events(story.id, "reopened")) == 1
        stage.sink.wait(ENGINEER, story.number, after=mark)

    def test_vacation_reply_leaves_solved_ticket_solved(self, stage, story):
        letter = solve(stage, story.id)
        vacation = read_letter(
            MAILS / "vacation.eml",
            **{"from": f"Emma Stone <{EMMA}>"},
            message_id="<vacation.2@falcon.example>",
            in_reply_to=letter.message_id,
        )
        assert stage.send(vacation, sender="") == story.id
        assert stage.get(story.id, "state") == "solved"

    def test_revoked_link_is_dead(self, stage):
        ticket_id, number = make_ticket(stage, "emma", "Lamp of the hopper")
        links = get_answer_links(solve(stage, ticket_id))
        assert number in get_page(links[0]).text
        stage.query(
            "UPDATE ntr_link SET is_revoked = TRUE"
            " WHERE res_model = 'ntr.ticket' AND res_id = %s",
            ticket_id,
        )
        for link in links:
            page = get_page(link)
            assert_dead(page, number, "Lamp of the hopper", SOLUTION)
            assert "does nothing any more" in page.text


class TestUnconfirmedTicket:
    """Nobody confirms: the scheduled action warns once, and then closes."""

    def test_not_yet(self, stage, story):
        story.id, story.number = make_ticket(stage, "emma", "Belt squeaks")
        stage.sink.wait(EMMA, story.number, "We have received your request")
        solve(stage, story.id)
        story.mark = stage.sink.count()
        stage.run_cron(CLOSE)
        assert stage.get(story.id, "state") == "solved"
        assert not stage.events(story.id, "warned")

    def test_client_is_warned_once(self, stage, story):
        stage.query(
            "UPDATE ntr_ticket SET close_warning_at = now() AT TIME ZONE 'UTC'"
            " - interval '1 minute', close_due_at = now() AT TIME ZONE 'UTC'"
            " + interval '2 days' WHERE id = %s",
            story.id,
        )
        stage.run_cron(CLOSE)
        letter = stage.sink.wait(EMMA, story.number, after=story.mark)
        get_answer_links(letter)
        stage.run_cron(CLOSE)
        assert stage.get(story.id, "state") == "solved"
        assert len(stage.events(story.id, "warned")) == 1

    def test_ticket_is_closed(self, stage, story):
        stage.query(
            "UPDATE ntr_ticket SET close_due_at = now() AT TIME ZONE 'UTC'"
            " - interval '1 minute' WHERE id = %s",
            story.id,
        )
        stage.run_cron(CLOSE)
        assert stage.get(story.id, "state") == "closed"
        assert stage.events(story.id, "closed") == [("closed", None, None)]
        assert not stage.events(story.id, "confirmed")

    def test_client_got_warning_and_rating(self, stage, story):
        stage.sink.wait(EMMA, story.number, "is closed", after=story.mark)
        letters = stage.sink.find(EMMA, story.number, after=story.mark)
        assert [bool(letter.get_links("/rate/")) for letter in letters] == [False, True]


class TestPortal:
    """A client on the portal sees and confirms his own requests only."""

    def test_own_requests_only(self, stage, browser, story):
        story.id, story.number = make_ticket(stage, "emma", "Noise in the gear")
        story.other_id, story.other = make_ticket(stage, "ivan", "Press is stuck")
        solve(stage, story.id)
        with browser.no_errors():
            browser.log_in(*scene.credentials_of("emma"))
            browser.open("/my/requests")
            browser.find(f'#wrap a[href$="/my/requests/{story.id}"]')
        text = browser.find("#wrap").text
        assert story.number in text
        assert story.other not in text

    def test_request_of_another_client(self, stage, browser, story):
        browser.open(f"/my/requests/{story.other_id}")
        browser.find(f'#wrap a[href$="/my/requests/{story.id}"]')
        assert "Press is stuck" not in browser.find("#wrap").text

    def test_client_confirms(self, stage, browser, story):
        with browser.no_errors():
            browser.open("/my/requests")
            browser.click(f'#wrap a[href$="/my/requests/{story.id}"]')
            browser.find("#wrap", SOLUTION)
            browser.click(f'form[action="/my/requests/{story.id}/confirm"] button')
            browser.wait_gone(f'form[action="/my/requests/{story.id}/confirm"]')
        assert stage.get(story.id, "state") == "closed"
        partner_id = stage.cast["partners"]["emma"]
        assert stage.events(story.id, "confirmed") == [("confirmed", partner_id, None)]


class TestRoles:
    """Nobody may do what he may not, at the door that everybody has: the API."""

    @pytest.fixture(scope="class")
    def ticket_id(self, stage):
        ticket_id, _number = make_ticket(stage, "ivan", "Sieve is torn")
        stage.api("engineer").call(
            "ntr.ticket",
            "message_post",
            [ticket_id],
            body="Looks like our own fault",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        return ticket_id

    @pytest.fixture(scope="class")
    def solved_id(self, stage):
        ticket_id, _number = make_ticket(stage, "ivan", "Motor hums")
        solve(stage, ticket_id)
        return ticket_id

    def refuse(self, stage, login, method, ticket_id, kind="AccessError", **values):
        before = stage.get(ticket_id, "state", "user_id"), stage.events(ticket_id)
        with pytest.raises(Refused) as refused:
            stage.api(login).call("ntr.ticket", method, [ticket_id], **values)
        assert refused.value.kind == kind, refused.value
        after = stage.get(ticket_id, "state", "user_id"), stage.events(ticket_id)
        assert after == before

    @pytest.mark.parametrize(
        ("login", "method", "values"),
        [
            ("engineer", "assign", {"user_id": 1}),
            ("engineer", "cancel", {"reason": "spam"}),
            ("engineer", "write", {"vals": {"user_id": 2}}),
            ("engineer", "unlink", {}),
            ("stranger", "take", {}),
            ("stranger", "read", {"fields": ["name"]}),
            ("outsider", "take", {}),
            ("outsider", "read", {"fields": ["name"]}),
            ("outsider", "cancel", {"reason": "spam"}),
            ("finance", "take", {}),
            ("finance", "write", {"vals": {"name": "x"}}),
            ("finance", "cancel", {"reason": "spam"}),
            ("finance", "message_post", {"body": "x"}),
            ("author", "read", {"fields": ["name"]}),
            ("author", "take", {}),
            ("emma", "read", {"fields": ["name"]}),
            ("emma", "message_post", {"body": "x"}),
            ("ivan", "take", {}),
            ("ivan", "solve", {"solution": "x"}),
            ("ivan", "cancel", {"reason": "spam"}),
            ("ivan", "write", {"vals": {"name": "x"}}),
            ("ivan", "read", {"fields": ["priority"]}),
            ("ivan", "read", {"fields": ["user_id"]}),
            ("ivan", "read", {"fields": ["event_ids"]}),
            ("ivan", "read", {"fields": ["waiting_on"]}),
        ],
    )
    def test_refused(self, stage, ticket_id, login, method, values):
        self.refuse(stage, login, method, ticket_id, **values)

    @pytest.mark.parametrize(
        ("login", "method", "values"),
        [
            ("engineer", "close", {}),
            ("engineer", "confirm", {}),
            ("dispatcher", "close", {}),
            ("finance", "close", {}),
            ("outsider", "close", {}),
            ("emma", "confirm", {}),
            ("emma", "reject_solution", {"reason": "x"}),
            ("ivan", "close", {}),
        ],
    )
    def test_refused_after_solution(self, stage, solved_id, login, method, values):
        self.refuse(stage, login, method, solved_id, **values)

    @pytest.mark.parametrize("field", ["number", "state", "closed_at", "waiting_on"])
    def test_derived_fields_are_refused(self, stage, ticket_id, field):
        self.refuse(
            *(stage, "coordinator", "write", ticket_id),
            kind="UserError",
            vals={field: False},
        )

    def test_finance_reads_heads_but_no_messages(self, stage, ticket_id):
        api = stage.api("finance")
        head = api.read("ntr.ticket", ticket_id, "number", "partner_id", "priority")
        assert head["partner_id"] == stage.cast["partners"]["ivan"]
        domain = [("model", "=", "ntr.ticket"), ("res_id", "=", ticket_id)]
        assert not api.search("mail.message", domain)
        ids = stage.query(
            "SELECT id FROM mail_message WHERE model = 'ntr.ticket' AND res_id = %s",
            ticket_id,
        )
        assert ids
        with pytest.raises(Refused, match="AccessError"):
            api.call("mail.message", "read", ids[0], fields=["body"])

    def test_author_reads_what_is_solved(self, stage, solved_id):
        api = stage.api("author")
        head = api.read("ntr.ticket", solved_id, "solution")
        assert SOLUTION in head["solution"]
        domain = [("model", "=", "ntr.ticket"), ("res_id", "=", solved_id)]
        assert not api.search("mail.message", domain)

    def test_client_reads_no_notes(self, stage, ticket_id):
        api = stage.api("ivan")
        head = api.read("ntr.ticket", ticket_id, "number", "name", "state")
        assert head["state"] == "new"
        domain = [("model", "=", "ntr.ticket"), ("res_id", "=", ticket_id)]
        bodies = api.call("mail.message", "search_read", domain=domain, fields=["body"])
        assert "our own fault" not in str(bodies)
        with pytest.raises(Refused, match="AccessError"):
            api.search("ntr.ticket.event", [("ticket_id", "=", ticket_id)])

    def test_outsider_sees_only_his(self, stage, ticket_id):
        api = stage.api("outsider")
        assert api.search("ntr.ticket", []) == []
        his_id, _number = make_ticket(stage, "emma", "Fan rattles")
        stage.api("dispatcher").call(
            "ntr.ticket",
            "assign",
            [his_id],
            user_id=stage.cast["users"]["outsider"],
        )
        assert api.search("ntr.ticket", []) == [his_id]
        assert api.call("ntr.ticket", "take", [his_id])
        assert stage.get(his_id, "state") == "open"
        self.refuse(
            *(stage, "outsider", "assign", his_id),
            user_id=stage.cast["users"]["engineer"],
        )

    def test_director_sees_teams_that_he_is_not_in(self, stage, ticket_id):
        team_id = stage.cast["team_id"]
        api = stage.api("director")
        assert api.search("ntr.ticket", [("id", "=", ticket_id)]) == [ticket_id]
        assert stage.cast["users"]["director"] not in api.read(
            "ntr.team", team_id, "member_ids"
        ).get("member_ids")

    def test_wrong_key(self, stage):
        api = stage.api("director")
        api._session.headers["Authorization"] = "Bearer 0123456789abcdef"
        with pytest.raises(Refused):
            api.search("ntr.ticket", [])


class TestDirector:
    """List, kanban, pivot and graph load, with figures and without errors."""

    def test_views(self, stage, browser):
        count = stage.query("SELECT count(*) FROM ntr_ticket")[0][0]
        assert count > 5
        with browser.no_errors():
            browser.log_in(*scene.credentials_of("director"))
            browser.open("/odoo/ntr-tickets")
            browser.find(".o_list_view .o_data_row .o_data_cell[name=number]")
            browser.click(".o_switch_view.o_kanban")
            browser.find(".o_kanban_view .o_kanban_group .o_kanban_record")
            stages = [
                it.text for it in browser.find_all(".o_kanban_group .o_column_title")
            ]
            assert any("In work" in stage for stage in stages), stages
            browser.click(".o_switch_view.o_pivot")
            browser.find(".o_pivot table", "E2E Helpline")
            browser.click(".o_switch_view.o_graph")
            browser.find(".o_graph_renderer canvas")

    def test_reporting(self, browser):
        with browser.no_errors():
            browser.open("/odoo/ntr-analysis")
            browser.find(".o_graph_renderer canvas")
            browser.click(".o_switch_view.o_pivot")
            browser.find(".o_pivot table", "E2E Helpline")
