import { patch } from "@web/core/utils/patch";
import { PropertiesField } from "@web/views/fields/properties/properties_field";
import { PropertyValue } from "@web/views/fields/properties/property_value";

const SEPARATOR = "/";

/**
 * The options of a drop-down that go with the value of the one it depends on.
 * The server refuses the others whatever the door; see tools/ticket_fields.py.
 */
function getOptions(property, properties) {
    const parent = properties.find((other) => other.name === property.depends_on);
    return (property.selection || []).filter(
        ([key]) =>
            !key.includes(SEPARATOR) ||
            (parent && parent.value && key.startsWith(parent.value + SEPARATOR))
    );
}

function clearMisfits(properties) {
    // a chain of linked drop-downs is cleared from its beginning on
    for (let round = 0; round < properties.length; round++) {
        for (const property of properties) {
            if (
                property.depends_on &&
                property.value &&
                !getOptions(property, properties).some(([key]) => key === property.value)
            ) {
                property.value = false;
            }
        }
    }
}

patch(PropertiesField.prototype, {
    /**
     * For display only: what is saved comes from propertiesList.
     */
    get groupedPropertiesList() {
        const groups = super.groupedPropertiesList;
        const properties = this.propertiesList;
        for (const property of groups.flatMap((group) => group.elements)) {
            if (property.depends_on) {
                property.selection = getOptions(property, properties);
            }
            if (property.required_at && !this.props.readonly) {
                property.string = `${property.string || ""} *`;
            }
        }
        return groups;
    },

    onPropertyValueChange(propertyName, propertyValue) {
        const properties = this.propertiesList;
        if (!properties.some((property) => property.depends_on === propertyName)) {
            return super.onPropertyValueChange(propertyName, propertyValue);
        }
        properties.find((property) => property.name === propertyName).value = propertyValue;
        clearMisfits(properties);
        this.props.record.update({ [this.props.name]: properties });
    },
});

/**
 * On our forms a number that nobody filled in is empty: zero is an answer, and a
 * required number must be seen to be missing.
 */
patch(PropertyValue.prototype, {
    get canBeEmptyNumber() {
        return (
            ["integer", "float"].includes(this.props.type) &&
            Boolean(this.props.record?.resModel?.startsWith("ntr."))
        );
    },

    get displayValue() {
        const isEmpty = [false, null, undefined].includes(this.props.value);
        return this.canBeEmptyNumber && isEmpty ? "" : super.displayValue;
    },

    async onValueChange(newValue) {
        if (this.canBeEmptyNumber && typeof newValue === "string" && !newValue.trim()) {
            return this.props.onChange(false);
        }
        return super.onValueChange(newValue);
    },
});
