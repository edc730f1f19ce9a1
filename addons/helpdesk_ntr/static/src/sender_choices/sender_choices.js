import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Contacts of whom any may have written; one click says who it was. */
export class SenderChoices extends Component {
    static template = "helpdesk_ntr.SenderChoices";
    static props = { ...standardFieldProps };

    get choices() {
        return this.props.record.data[this.props.name] || [];
    }

    getLabel({ name, firm }) {
        return firm ? `${name}, ${firm}` : name;
    }

    async choose({ id, name }) {
        const { record } = this.props;
        await record.update({ partner_id: { id, display_name: name } });
        await record.save();
    }
}

registry.category("fields").add("ntr_sender_choices", {
    component: SenderChoices,
    supportedTypes: ["json"],
});
