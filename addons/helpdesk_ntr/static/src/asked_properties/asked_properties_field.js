import { registry } from "@web/core/registry";
import { PropertiesField, propertiesField } from "@web/views/fields/properties/properties_field";

/**
 * Of the fields of a team or category only those that are asked for, which the record
 * names in the field `asked_<name of this one>`.
 */
export class AskedPropertiesField extends PropertiesField {
    get groupedPropertiesList() {
        const asked = this.props.record.data[`asked_${this.props.name}`] || [];
        const elements = super.groupedPropertiesList
            .flatMap((group) => group.elements)
            .filter((property) => asked.includes(property.name));
        const middle = Math.ceil(elements.length / this.renderedColumnsCount);
        return [elements.slice(0, middle), elements.slice(middle)]
            .filter((column) => column.length)
            .map((column) => ({
                title: null,
                name: null,
                elements: column,
                invisibleLabel: true,
            }));
    }
}

registry.category("fields").add("ntr_asked_properties", {
    ...propertiesField,
    component: AskedPropertiesField,
});
