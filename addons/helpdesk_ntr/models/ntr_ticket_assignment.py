from odoo import api, fields, models
from odoo.tools import format_datetime

from ..tools import ranking
from ..tools.working_time import NeverOpen
from .ntr_ticket_verbs import GROUP_DISPATCHER

OPEN_STATES = ("new", "open", "waiting")


class NtrTicket(models.Model):
    """Who should have a ticket: by competence, load, presence and duty (S8, S15).

    The arithmetic is in ``tools.ranking``; here it gets its facts, with a number of
    statements that does not depend on the number of people.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Suggesting
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        if verb == "suggest_assignees":
            return (GROUP_DISPATCHER,)
        return super()._get_verb_groups(verb)

    def suggest_assignees(self):
        """Who should be given this ticket, best first, and why (S8, S14, S15).

        :return: a list of dictionaries: ``user_id``, ``name``, ``score`` (a number
            to compare by), ``level`` (0 to 3, of the competence that counts),
            ``fit`` (0 to 1, how much of the request that competence is about),
            ``load`` (open tickets weighted by priority), ``is_working_now``,
            ``is_absent`` and ``reasons``: whole sentences in the user's language
        :raises AccessError: the user may not assign this ticket
        """
        self.ensure_one()
        self._check_verb("suggest_assignees")
        return self._suggest_assignees()

    def _suggest_assignees(self):
        self.ensure_one()
        ticket = self.sudo()
        presence = ticket._get_presence(ticket._get_candidates(), fields.Datetime.now())
        return [
            {
                "user_id": one.candidate.user_id,
                "name": one.candidate.name,
                "score": one.score,
                "level": one.level,
                "fit": one.fit,
                "load": one.candidate.load,
                "is_working_now": one.candidate.is_at_work,
                "is_absent": one.candidate.is_absent,
                "reasons": ticket._get_reasons(one, presence[one.candidate.user_id])
                + ticket._get_reasons_of_pay(presence[one.candidate.user_id]),
            }
            for one in ticket._rank_candidates(presence)
        ]

    def _get_candidates(self):
        """Members of the lines of the team who may see this ticket."""
        members = self.team_id.line_ids.member_ids
        return self._filter_assignable(members.filtered("active"))

    def _rank_candidates(self, presence):
        """The people of ``presence`` as ``tools.ranking`` orders them."""
        candidates = [
            ranking.Candidate(
                user_id=user_id,
                name=known["user"].name,
                skills=tuple(it._get_skill() for it in known["competences"]),
                load=known["load"],
                cost=known["rate"]._get_cost(self.planned_hours or 1.0),
                is_at_work=known["is_at_work"],
                is_absent=known["is_absent"],
                is_on_line=known["user"] in self.line_id.member_ids,
                is_on_duty=bool(known["duty"]),
            )
            for user_id, known in presence.items()
        ]
        return ranking.rank(
            candidates, self._get_competence_facts(), self._is_line_asked()
        )

    def _is_line_asked(self):
        """Whether somebody chose this line: specialists, not those who receive."""
        return bool(self.line_id) and self.line_id.level != "1"

    # ------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------

    def _get_competence_facts(self):
        """{criterion: ids from the nearest to the farthest} of this ticket."""
        product = self.product_id or self.equipment_id.product_id
        partner = self.partner_id
        region = (
            self.equipment_id.site_id.state_id
            or partner.state_id
            or partner.commercial_partner_id.state_id
        )
        lang = self.env["res.lang"]._get_data(code=self.lang or "")
        return {
            "category": self._get_branch(self.category_id),
            "kind": self.kind_id.ids,
            "equipment_model": self.equipment_id.model_id.ids,
            "product": product.ids,
            "product_category": self._get_branch(product.categ_id),
            "language": [lang.id] if lang else [],
            "region": region.ids,
        }

    @api.model
    def _get_branch(self, node):
        """Ids of a record of a tree and of all above it, upwards."""
        return [int(part) for part in (node.parent_path or "").split("/")[-2::-1]]

    def _get_presence(self, users, at):
        """What is known of people at a moment.

        :param datetime at: naive UTC
        :return: {user id: ``user``, ``competences``, ``tickets`` and ``urgent``
            (counts), ``load``, ``times`` (compiled calendar), ``is_at_work``,
            ``is_absent``, ``absent_until``, ``duty``, ``rate``}
        """
        times = self._get_working_times(users)
        absent = self._get_absent_users(users, at)
        duties = self._get_duties(users, at)
        loads = self._get_loads(users)
        competences = self._get_competences(users)
        rates = self.env["ntr.expert.rate"]
        paid = rates._get_current(users, self.company_id, at.date())
        return {
            user.id: {
                "user": user,
                "competences": competences.get(user, ()),
                **loads[user.id],
                "times": times[user.id],
                "is_at_work": user.id not in absent
                and (times[user.id].is_open(at) or user.id in duties),
                "is_absent": user.id in absent,
                "absent_until": absent.get(user.id),
                "duty": duties.get(user.id),
                "rate": paid.get(user, rates),
            }
            for user in users
        }

    def _get_competences(self, users):
        competences = self.env["ntr.competence"].search(
            [("user_id", "in", users.ids), ("company_id", "=", self.company_id.id)]
        )
        return competences.grouped("user_id")

    def _get_loads(self, users):
        """What people have besides this ticket, of all teams."""
        rows = {user.id: [] for user in users}
        for user, priority, state, count in self._read_group(
            [
                ("user_id", "in", users.ids),
                ("state", "in", OPEN_STATES),
                ("id", "not in", self.ids),
            ],
            ["user_id", "priority", "state"],
            ["__count"],
        ):
            rows[user.id].append((priority, state == "waiting", count))
        return {
            user_id: {
                "tickets": sum(count for __, __, count in found),
                "urgent": sum(count for level, __, count in found if level in "23"),
                "load": ranking.get_load(found),
            }
            for user_id, found in rows.items()
        }

    def _get_working_times(self, users):
        """{user id: compiled calendar}: his own, else his line's, else the team's."""
        own = users._ntr_get_working_times(self.company_id)
        team_time = self.team_id._get_working_time()
        of_lines = {
            user.id: line.resource_calendar_id._ntr_compiled(self.company_id)
            for line in self.team_id.line_ids.sorted("level", reverse=True)
            if line.resource_calendar_id
            for user in line.member_ids
        }
        return {
            user.id: own.get(user.id) or of_lines.get(user.id) or team_time
            for user in users
        }

    def _get_absent_users(self, users, at):
        """Who is away; what knows of leaves extends this.

        :param users: ``res.users``
        :param datetime at: naive UTC
        :return: {user id: naive UTC until when, or None where that is unknown}
        """
        return {}

    def _get_duties(self, users, at):
        """Who is on duty for the team at that moment: {user id: the duty}."""
        return self.env["ntr.duty"]._get_current(users, self.team_id, at)

    # ------------------------------------------------------------
    # Reasons
    # ------------------------------------------------------------

    def _get_reasons(self, one, known):
        """Sentences that say why somebody stands where he stands.

        :param one: `tools.ranking.Ranked`
        :param dict known: what ``_get_presence`` says of him
        """
        return [
            self._get_reason_of_competence(one),
            self._get_reason_of_load(known),
            self._get_reason_of_time(known, fields.Datetime.now()),
            self._get_reason_of_line(known["user"]),
        ]

    def _get_reason_of_competence(self, one):
        if not one.skill:
            return self.env._("No competence for this request is entered.")
        return self.env._(
            "Competence: %(subject)s, level %(level)s of 3.",
            subject=one.skill.key.subject,
            level=one.level,
        )

    def _get_reason_of_load(self, known):
        if not known["tickets"]:
            return self.env._("Has no open tickets.")
        if not known["urgent"]:
            return self.env._("Open tickets: %s.", known["tickets"])
        return self.env._(
            "Open tickets: %(count)s, of these urgent or critical: %(urgent)s.",
            count=known["tickets"],
            urgent=known["urgent"],
        )

    def _get_reason_of_time(self, known, at):
        if known["is_absent"]:
            until = known["absent_until"]
            if not until:
                return self.env._("Is away.")
            return self.env._("Is away until %s.", self._format_moment(until))
        if known["duty"]:
            return self._get_reason_of_duty(known["duty"])
        if known["is_at_work"]:
            return self.env._("Is at work now.")
        try:
            opening = known["times"].next_opening(at)
        except NeverOpen:
            return self.env._("Is off work.")
        return self.env._("Is off work until %s.", self._format_moment(opening))

    def _get_reasons_of_pay(self, known):
        """What somebody is paid, for those who may know it. Apart from the other
        reasons: what is assigned by itself has those in the ledger, for everybody."""
        is_shown = known["rate"]._is_shown_to(self.env.user)
        return [rate._get_words() for rate in known["rate"] if is_shown]

    def _get_reason_of_duty(self, duty):
        until = self._format_moment(duty.stop)
        if duty.role == "on_call":
            return self.env._("Is on call until %s.", until)
        return self.env._("Is on duty until %s.", until)

    def _get_reason_of_line(self, user):
        line = self._get_line_of(user)
        if line == self.line_id:
            return self.env._("Is on the line that has the ticket: %s.", line.name)
        return self.env._("The ticket would go to his line: %s.", line.name)

    def _format_moment(self, at):
        tz = self.env.user.tz or self.team_id._get_calendar().tz
        return format_datetime(self.env, at, tz=tz, dt_format="short")

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_suggest(self):
        """Button: show who should be given this ticket."""
        self.ensure_one()
        wizard = self.env["ntr.ticket.suggest.wizard"].create({"ticket_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who should do it?"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
