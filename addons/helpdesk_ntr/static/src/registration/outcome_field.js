import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/** A choice of which each answer has a key: Alt and the letter chooses it. */
export class OutcomeField extends RadioField {
    static template = "helpdesk_ntr.OutcomeField";
    static props = {
        ...RadioField.props,
        hotkeys: { type: Object, optional: true },
    };
    static defaultProps = {
        ...RadioField.defaultProps,
        hotkeys: {},
    };
}

registry.category("fields").add("ntr_outcome", {
    ...radioField,
    component: OutcomeField,
    supportedTypes: ["selection"],
    extractProps: (staticInfo, dynamicInfo) => ({
        ...radioField.extractProps(staticInfo, dynamicInfo),
        hotkeys: staticInfo.options.hotkeys,
    }),
});
