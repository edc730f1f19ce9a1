import { TRIGGER_FILTERS } from "@base_automation/utils";
import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { selectionField, SelectionField } from "@web/views/fields/selection/selection_field";

const EVENT_TRIGGER = "on_ntr_event";

/**
 * Odoo's own field breaks on a trigger that is in none of its groups, and its groups
 * cannot be extended: this one knows ours and puts whatever it does not know last.
 */
const GROUPS = [
    { label: _t("Help desk"), triggers: [EVENT_TRIGGER] },
    {
        label: _t("Values Updated"),
        triggers: [
            "on_stage_set",
            "on_user_set",
            "on_tag_set",
            "on_state_set",
            "on_priority_set",
            "on_archive",
            "on_unarchive",
        ],
    },
    { label: _t("Email Events"), triggers: ["on_message_sent", "on_message_received"] },
    {
        label: _t("Timing Conditions"),
        triggers: ["on_time", "on_time_created", "on_time_updated"],
    },
    {
        label: _t("Custom"),
        triggers: ["on_create", "on_create_or_write", "on_unlink", "on_change"],
    },
    { label: _t("External"), triggers: ["on_webhook"] },
];
// offered only where they are chosen already
const DEPRECATED = ["on_write"];

export class NtrTriggerSelectionField extends SelectionField {
    static template = "base_automation.TriggerSelectionField";

    setup() {
        super.setup();
        this.model = useState({ fields: [], name: false, isThread: false });
        const orm = useService("orm");
        let lastModelId;
        useRecordObserver(async (record) => {
            const { model_id, model_name, model_is_mail_thread } = record.data;
            const modelId = model_id?.id;
            this.model.name = model_name;
            this.model.isThread = model_is_mail_thread;
            if (modelId !== lastModelId) {
                lastModelId = modelId;
                this.model.fields = await orm.searchRead(
                    "ir.model.fields",
                    [["model_id", "=", modelId]],
                    ["field_description", "name", "ttype", "relation"]
                );
            }
        });
    }

    isOffered(trigger) {
        if (trigger === this.props.record.data[this.props.name]) {
            return true;
        }
        if (trigger === EVENT_TRIGGER) {
            return this.model.name === "ntr.ticket";
        }
        if (trigger.startsWith("on_message_")) {
            return this.model.isThread;
        }
        const filter = TRIGGER_FILTERS[trigger];
        return (
            !DEPRECATED.includes(trigger) && (!filter || this.model.fields.some(filter))
        );
    }

    get groups() {
        const options = this.props.record.fields[this.props.name].selection.filter(
            ([value]) => this.isOffered(value)
        );
        const known = GROUPS.flatMap((group) => group.triggers);
        const others = options.map(([value]) => value).filter((it) => !known.includes(it));
        return [...GROUPS, { label: _t("Others"), triggers: others }]
            .map(({ label, triggers }) => ({
                label,
                choices: options
                    .filter(([value]) => triggers.includes(value))
                    .map(([value, name]) => ({ value, label: name })),
            }))
            .filter((group) => group.choices.length);
    }
}

registry.category("fields").add("ntr_trigger_selection", {
    ...selectionField,
    component: NtrTriggerSelectionField,
    fieldDependencies: [
        { name: "model_is_mail_thread", type: "boolean" },
        { name: "model_name", type: "char" },
    ],
});
