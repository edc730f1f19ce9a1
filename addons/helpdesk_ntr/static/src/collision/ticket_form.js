import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const COMPARED_TYPES = ["char", "text", "html", "selection", "many2one", "boolean", "integer"];

/** The value of a loaded field as the server writes it. */
function toPlain(field, value) {
    if (field.type === "many2one") {
        return value ? value.id : false;
    }
    return field.type === "html" ? value?.toString() || false : value;
}

/** A form that tells what it had loaded, so that it overwrites nobody's later change. */
export class TicketFormController extends FormController {
    async onWillSaveRecord(record, changes) {
        const result = await super.onWillSaveRecord(...arguments);
        if (record.resModel === "ntr.ticket" && record.resId) {
            changes.ntr_seen = this.getSeen(record, Object.keys(changes));
        }
        return result;
    }

    getSeen(record, names) {
        const compared = names.filter((name) =>
            COMPARED_TYPES.includes(record.fields[name]?.type)
        );
        return Object.fromEntries(
            compared.map((name) => [name, toPlain(record.fields[name], record._values[name])])
        );
    }
}

registry.category("views").add("ntr_ticket_form", {
    ...formView,
    Controller: TicketFormController,
});
