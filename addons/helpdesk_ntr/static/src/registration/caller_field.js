import { registry } from "@web/core/registry";
import {
    buildM2OFieldDescription,
    extractM2OFieldProps,
    Many2OneField,
} from "@web/views/fields/many2one/many2one_field";

/** Whatever holds more digits than letters was meant as a phone number. */
function isPhone(text) {
    const digits = text.replace(/\D/g, "").length;
    return digits > 3 && digits > text.replace(/[^\p{L}]/gu, "").length;
}

/**
 * Looks for the contact who calls. What is typed and found nowhere becomes the number
 * or the name of a new contact, whose fields stand below; nothing is created yet.
 */
export class CallerField extends Many2OneField {
    get m2oProps() {
        const props = super.m2oProps;
        return {
            ...props,
            canCreate: true,
            canCreateEdit: false,
            canQuickCreate: true,
            update: (value, options) =>
                value && !value.id ? this.takeAsNew(value.display_name) : props.update(value, options),
        };
    }

    takeAsNew(text) {
        const [filled, next] = isPhone(text)
            ? ["contact_phone", "contact_name"]
            : text.includes("@")
              ? ["contact_email", "contact_name"]
              : ["contact_name", "contact_phone"];
        this.focusOn(next);
        return this.props.record.update({ [this.props.name]: false, [filled]: text.trim() });
    }

    /** The field may have to appear first. */
    focusOn(name) {
        setTimeout(() => {
            document
                .querySelector(`.o_ntr_register .o_field_widget[name=${name}] input`)
                ?.focus();
        }, 100);
    }
}

registry.category("fields").add("ntr_caller", {
    ...buildM2OFieldDescription(CallerField),
    extractProps: extractM2OFieldProps,
});
