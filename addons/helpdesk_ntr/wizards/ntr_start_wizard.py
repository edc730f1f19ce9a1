from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.base.models.res_partner import _tz_get

from ..models.ntr_ticket_stage import ENDED_STATES
from ..tools.working_week import build_week, find_fault, read_week

LEVELS = ("1", "2", "3")
USUAL_WEEK = {"days": 5, "start": 9, "stop": 18, "lunch": (13, 14)}
GROUP_ADMIN = "helpdesk_ntr.group_admin"
GROUP_COORDINATOR = "helpdesk_ntr.group_coordinator"
GROUP_DISPATCHER = "helpdesk_ntr.group_dispatcher"
GROUP_ENGINEER = "helpdesk_ntr.group_engineer"
GROUP_EXTERNAL = "helpdesk_ntr.group_external"


class NtrStartWizard(models.TransientModel):
    """The first steps of a new firm: everything that a desk needs, on one page (S217).

    It opens with what is set and changes what is there. What Odoo leaves to its own
    administrator (a language, a calendar, a mail domain, a role) is done as superuser,
    each after ``_check_right``.
    """

    _name = "ntr.start.wizard"
    _description = "First steps of the help desk"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self._default_company_id(),
    )
    name = fields.Char("Team", required=True)

    # Language
    lang_id = fields.Many2one(
        "res.lang",
        "Language of the desk",
        required=True,
        context={"active_test": False},
        help="It is installed where it is not yet.",
    )
    is_company_lang = fields.Boolean(
        "For the firm and its letters",
        help="Whoever writes and is not known yet is answered in it.",
    )
    is_user_lang = fields.Boolean("For my own screen")

    # Mailbox
    alias_name = fields.Char("Mailbox")
    alias_domain_id = fields.Many2one(
        "mail.alias.domain",
        "Mail domain",
        domain="['|', ('company_ids', '=', False), ('company_ids', 'in', company_id)]",
    )
    new_domain = fields.Char(
        "New mail domain", help="What stands behind the @ of your addresses."
    )

    # Hours
    days = fields.Selection(
        [
            ("5", "Monday to Friday"),
            ("6", "Monday to Saturday"),
            ("7", "Every day"),
            ("other", "As the calendar of the team says"),
        ],
        "Working days",
        required=True,
    )
    hour_from = fields.Float("From")
    hour_to = fields.Float("To")
    has_lunch = fields.Boolean("Lunch break")
    lunch_from = fields.Float()
    lunch_to = fields.Float()
    tz = fields.Selection(_tz_get, "Time zone", required=True)

    # People
    line_count = fields.Selection(
        [("1", "One"), ("2", "Two"), ("3", "Three")],
        "Support lines",
        required=True,
    )
    member_1_ids = fields.Many2many(
        "res.users",
        "ntr_start_member_1_rel",
        string="First line",
        domain=lambda self: self._get_people_domain(),
        help="They receive and sort what comes in. Whoever has no role in the help "
        "desk yet becomes a dispatcher.",
    )
    member_2_ids = fields.Many2many(
        "res.users",
        "ntr_start_member_2_rel",
        string="Second line",
        domain=lambda self: self._get_people_domain(),
        help="Specialists. Whoever has no role in the help desk yet becomes an "
        "engineer.",
    )
    member_3_ids = fields.Many2many(
        "res.users",
        "ntr_start_member_3_rel",
        string="Third line",
        domain=lambda self: self._get_people_domain(),
        help="Specialists. Whoever has no role in the help desk yet becomes an "
        "engineer.",
    )
    coordinator_id = fields.Many2one(
        "res.users",
        required=True,
        domain=lambda self: self._get_people_domain(),
        help="Accountable for what nobody has taken; gets that role.",
    )

    # Samples
    with_samples = fields.Boolean(
        "Fill in samples",
        help="A client with a unit and three requests to try things with. Nobody is "
        "written to, and they can be removed again here.",
    )
    has_samples = fields.Boolean(compute="_compute_has_samples")
    removal = fields.Text("What came of the removal", readonly=True)

    # ------------------------------------------------------------
    # What is set now
    # ------------------------------------------------------------

    def _default_company_id(self):
        return self.env.company

    @api.model
    def _get_people_domain(self):
        return [("share", "=", False), ("company_ids", "in", self.env.company.ids)]

    def _compute_has_samples(self):
        for wizard in self:
            wizard.has_samples = any(wizard._get_samples().values())

    @api.model
    def default_get(self, fields):
        self._check_right(self.env.company)
        defaults = super().default_get(fields)
        team = self._find_team(self.env.company)
        values = {
            **self._read_language(self.env.company),
            **self._read_mailbox(team),
            **self._read_hours(team),
            **self._read_people(team),
            "name": team.name or self.env._("Support"),
        }
        values.update(defaults)
        return {name: value for name, value in values.items() if name in fields}

    @api.model
    def _find_team(self, company):
        """The team that is set up: the one installed, else the first, or none."""
        teams = self.env["ntr.team"].search([("company_id", "=", company.id)])
        installed = self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_ntr.ntr_team_support"
        )
        return teams.filtered(lambda team: team.id == installed) or teams[:1]

    @api.model
    def _read_language(self, company):
        code = company.partner_id.sudo().lang or self.env.user.lang or "en_US"
        lang = self.env["res.lang"].with_context(active_test=False)
        return {
            "lang_id": lang.search([("code", "=", code)], limit=1).id,
            "is_company_lang": True,
            "is_user_lang": self.env.user.lang == code,
        }

    @api.model
    def _read_mailbox(self, team):
        domain = team.alias_domain_id or self.env.company.alias_domain_id
        return {"alias_name": team.alias_name, "alias_domain_id": domain.id}

    @api.model
    def _read_hours(self, team):
        calendar = self._get_calendar(team)
        week = self._read_week(calendar)
        known = week or USUAL_WEEK
        lunch = known["lunch"] or USUAL_WEEK["lunch"]
        return {
            "tz": calendar.tz or self.env.user.tz or "UTC",
            "days": "other" if calendar and not week else str(known["days"]),
            "hour_from": known["start"],
            "hour_to": known["stop"],
            "has_lunch": bool(known["lunch"]),
            "lunch_from": lunch[0],
            "lunch_to": lunch[1],
        }

    @api.model
    def _get_calendar(self, team):
        company = team.company_id or self.env.company
        return (team.resource_calendar_id or company.resource_calendar_id).sudo()

    @api.model
    def _read_week(self, calendar):
        """The hours of a calendar as the wizard puts them, or None."""
        if calendar.flexible_hours or calendar.two_weeks_calendar:
            return None
        return read_week(
            (int(it.dayofweek), it.hour_from, it.hour_to)
            for it in calendar.attendance_ids
            if it._is_work_period()
        )

    @api.model
    def _read_people(self, team):
        lines = {level: self._find_line(team, level) for level in LEVELS}
        used = [level for level in LEVELS if lines[level].active]
        return {
            "line_count": used[-1] if used else "1",
            "coordinator_id": (team.coordinator_id or self.env.user).id,
            **{
                f"member_{level}_ids": [Command.set(line.member_ids.ids)]
                for level, line in lines.items()
            },
        }

    @api.model
    def _find_line(self, team, level):
        """The team's first line of a level, else one that was given up, or none."""
        lines = self.env["ntr.support.line"].with_context(active_test=False)
        return lines.search(
            [("team_id", "in", team.ids), ("level", "=", level)],
            order="active DESC, sequence, id",
            limit=1,
        )

    # ------------------------------------------------------------
    # Doing it
    # ------------------------------------------------------------

    @api.model
    def _check_right(self, company):
        """Refuse whoever is no administrator of the help desk in this company."""
        if not self.env.user.has_group(GROUP_ADMIN):
            raise AccessError(
                self.env._("Only an administrator of the help desk takes these steps.")
            )
        if company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "Switch to %s first: the steps are for the company you work in.",
                    company.sudo().name,
                )
            )

    def action_apply(self):
        """Button: set the desk up as it stands here."""
        self.ensure_one()
        self._check_right(self.company_id)
        self._check_values()
        is_other_screen = self.is_user_lang and self.env.user.lang != self.lang_id.code
        self._apply_language()
        team = self._apply_team()
        self._apply_hours(team)
        self._apply_mailbox(team)
        self._apply_people(team)
        if self.with_samples and not self.has_samples:
            self._remember_samples(self._make_samples(team))
        return self._get_next_action(team, is_other_screen)

    def _get_next_action(self, team, is_other_screen):
        """To the overview; in another language only once the page is loaded anew."""
        if is_other_screen:
            return {
                "type": "ir.actions.act_url",
                "url": "/odoo/ntr-helpdesk",
                "target": "self",
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.ntr_team_action_overview"
        )
        is_mine = self.env.user in team.member_ids
        action["context"] = {"search_default_mine": 1} if is_mine else {}
        return dict(action, target="main")

    def _check_values(self):
        """Refuse hours and people that cannot be meant."""
        lunch = self._get_lunch()
        fault = find_fault(self.hour_from, self.hour_to, lunch)
        if self.days != "other" and fault == "day":
            raise UserError(
                self.env._("The working day must begin before it ends, within a day.")
            )
        if self.days != "other" and fault:
            raise UserError(
                self.env._("The lunch break must lie within the working day.")
            )
        for user in self._get_people():
            user_sudo = user.sudo()
            if (
                user_sudo.share
                or not user_sudo.active
                or self.company_id not in user_sudo.company_ids
            ):
                raise UserError(
                    self.env._(
                        "%(person)s is no colleague who works in %(company)s.",
                        person=user_sudo.name,
                        company=self.company_id.name,
                    )
                )

    def _get_lunch(self):
        return (self.lunch_from, self.lunch_to) if self.has_lunch else None

    def _get_levels(self):
        """The levels of the lines that are wanted."""
        return LEVELS[: int(self.line_count)]

    def _get_people(self):
        people = self.coordinator_id
        for level in self._get_levels():
            people |= self[f"member_{level}_ids"]
        return people

    def _apply_language(self):
        """Install the language as Odoo's own dialog does, without overwriting texts
        that somebody has changed; give it to whom it was asked for."""
        lang = self.lang_id.sudo()
        if not lang.active:
            lang.active = True
            modules = self.env["ir.module.module"].sudo()
            modules.search([("state", "=", "installed")])._update_translations(
                [lang.code], False
            )
        if self.is_company_lang:
            self.company_id.partner_id.sudo().lang = lang.code
        if self.is_user_lang and self.env.user.lang != lang.code:
            self.env.user.sudo().lang = lang.code

    def _apply_team(self):
        """The team, named; made where the company has none."""
        team = self._find_team(self.company_id)
        if not team:
            team = self.env["ntr.team"].create(
                {
                    "name": self.name,
                    "company_id": self.company_id.id,
                    "coordinator_id": self.coordinator_id.id,
                    "resource_calendar_id": self.company_id.resource_calendar_id.id,
                }
            )
        elif self.name != team.name:
            for code in {self.env.lang or "en_US", self.lang_id.code}:
                team.with_context(lang=code).name = self.name
        return team

    def _apply_hours(self, team):
        """The team's own calendar; one that others use too is left as it is."""
        if self.days == "other":
            return
        calendar = self._get_calendar(team)
        lunch = self._get_lunch()
        wanted = {
            "days": int(self.days),
            "start": self.hour_from,
            "stop": self.hour_to,
            "lunch": lunch,
        }
        if self._read_week(calendar) == wanted and calendar.tz == self.tz:
            return
        week = build_week(int(self.days), self.hour_from, self.hour_to, lunch)
        values = {
            "tz": self.tz,
            "schedule_type": "fully_fixed",
            "two_weeks_calendar": False,
            "attendance_ids": [Command.clear()]
            + [Command.create(self._prepare_attendance(*period)) for period in week],
        }
        if self._is_own_calendar(team, calendar):
            calendar.write(values)
            return
        values["name"] = self.env._("Working hours: %s", team.name)
        values["company_id"] = self.company_id.id
        team.resource_calendar_id = (
            calendar.copy(values) if calendar else calendar.create(values)
        )

    @api.model
    def _prepare_attendance(self, day, period, hour_from, hour_to):
        attendances = self.env["resource.calendar.attendance"]
        selection = attendances._fields["dayofweek"]._description_selection(self.env)
        return {
            "name": dict(selection)[str(day)],
            "dayofweek": str(day),
            "day_period": period,
            "hour_from": hour_from,
            "hour_to": hour_to,
        }

    def _is_own_calendar(self, team, calendar):
        """Whether nobody but this team works by a calendar."""
        return calendar == team.resource_calendar_id and not self._find_use(
            calendar, {"ntr.team": team.ids}
        )

    def _apply_mailbox(self, team):
        domain = self._get_wanted_domain() or team.alias_domain_id
        values = {"alias_name": self.alias_name or False}
        if domain != team.alias_domain_id:
            values["alias_domain_id"] = domain.id
        if values["alias_name"] != team.alias_name or len(values) > 1:
            team.sudo().write(values)

    def _get_wanted_domain(self):
        """The mail domain that was chosen, or typed: that one is made."""
        domains = self.env["mail.alias.domain"].sudo()
        typed = (self.new_domain or "").strip().lower().lstrip("@")
        if not typed:
            return self.alias_domain_id.sudo()
        domain = domains.search([("name", "=", typed)], limit=1)
        domain = domain or domains.create({"name": typed})
        company = self.company_id.sudo()
        if not company.alias_domain_id:
            company.alias_domain_id = domain
        return domain

    def _apply_people(self, team):
        wanted = self._get_levels()
        for level in LEVELS:
            if level in wanted:
                self._apply_line(team, level)
            else:
                self._give_up_lines(team, level)
        if team.coordinator_id != self.coordinator_id:
            team.coordinator_id = self.coordinator_id
        self._give_role(self.coordinator_id, GROUP_COORDINATOR, (GROUP_COORDINATOR,))

    def _apply_line(self, team, level):
        """A line with its members; its manager changes along with the coordinator."""
        line = self._find_line(team, level)
        values = {}
        if not line:
            labels = line._fields["level"]._description_selection(self.env)
            line = line.create(
                {"name": dict(labels)[level], "team_id": team.id, "level": level}
            )
        members = self[f"member_{level}_ids"]
        if not line.active:
            values["active"] = True
        if line.member_ids != members:
            values["member_ids"] = [Command.set(members.ids)]
        if not line.manager_id or line.manager_id == team.coordinator_id:
            values["manager_id"] = self.coordinator_id.id
        if values:
            line.write(values)
        role = GROUP_DISPATCHER if level == "1" else GROUP_ENGINEER
        self._give_role(members, role, (GROUP_ENGINEER, GROUP_EXTERNAL))

    def _give_up_lines(self, team, level):
        """Archive the lines of a level; what still lies there is somebody's work."""
        lines = team.line_ids.filtered(lambda line: line.level == level)
        waiting = self.env["ntr.ticket"].sudo()
        waiting = waiting.search(
            Domain("line_id", "in", lines.ids)
            & Domain("state", "not in", ENDED_STATES),
            limit=1,
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(line)s still has requests that are not ended, %(number)s among "
                    "them. Pass them on to another line before you give it up.",
                    line=waiting.line_id.display_name,
                    number=waiting.number,
                )
            )
        lines.active = False

    @api.model
    def _give_role(self, users, group, enough):
        """Give a role to those of the users who have none that is enough.

        :param str group: xml id of the role
        :param enough: xml ids of the roles of which any one is enough
        """
        for user in users.sudo():
            if not any(user.has_group(it) for it in enough):
                user.group_ids = [Command.link(self.env.ref(group).id)]

    # ------------------------------------------------------------
    # Whether something is used
    # ------------------------------------------------------------

    @api.model
    def _find_use(self, records, ignored):
        """One record that somebody has and that needs one of these, or none.

        What lives and dies with them, by a link that cascades, does not count, nor
        does Odoo's own housekeeping.

        :param records: of one model
        :param dict ignored: {model: ids} of records that do not count
        """
        for model, names in self._get_links_to(records._name).items():
            domain = Domain.OR(Domain(name, "in", records.ids) for name in names)
            domain &= Domain("id", "not in", list(ignored.get(model, ())))
            all_records = self.env[model].sudo().with_context(active_test=False)
            found = all_records.search(domain, limit=1)
            if found:
                return found
        return None

    @api.model
    def _get_links_to(self, wanted):
        """{model: names of its stored fields} that point at a model."""
        links = {}
        for model in self.env.registry.values():
            if (
                model._abstract
                or model._transient
                or not model._auto
                or model._name.startswith(("mail.", "bus.", "discuss.", "ir."))
            ):
                continue
            names = [
                name
                for name, field in model._fields.items()
                if field.store
                and field.comodel_name == wanted
                and (
                    field.type == "many2many"
                    or (field.type == "many2one" and field.ondelete != "cascade")
                )
            ]
            if names:
                links[model._name] = names
        return links
