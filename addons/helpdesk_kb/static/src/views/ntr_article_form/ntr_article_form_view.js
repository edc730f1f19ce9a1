import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { HistoryDialog } from "@html_editor/components/history_dialog/history_dialog";
import {
    getHtmlFieldMetadata,
    setHtmlFieldMetadata,
} from "@html_editor/fields/html_field";

const VERSIONED_FIELDS = ["symptom", "cause", "solution", "workaround"];

/** The form of an article, with the versions of its texts in the action menu. */
export class NtrArticleFormController extends FormController {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        VERSIONED_FIELDS.forEach((fieldName, index) => {
            items[`versions_${fieldName}`] = {
                isAvailable: () =>
                    this.model.root.data.is_editable &&
                    this.getVersions(fieldName).length > 0,
                sequence: 60 + index,
                icon: "fa fa-history",
                description: _t("Versions: %s", this.getFieldLabel(fieldName)),
                callback: () => this.openVersions(fieldName),
            };
        });
        return items;
    }

    getFieldLabel(fieldName) {
        return this.props.fields[fieldName].string;
    }

    getVersions(fieldName) {
        const metadata = this.model.root.data.html_field_history_metadata;
        return metadata?.[fieldName] || [];
    }

    openVersions(fieldName) {
        this.dialogService.add(HistoryDialog, {
            title: _t("Versions: %s", this.getFieldLabel(fieldName)),
            recordId: this.model.root.resId,
            recordModel: this.props.resModel,
            versionedFieldName: fieldName,
            historyMetadata: this.getVersions(fieldName),
            restoreRequested: (html, close) =>
                this.confirmRestore(fieldName, html, close),
        });
    }

    confirmRestore(fieldName, html, close) {
        const record = this.model.root;
        this.dialogService.add(ConfirmationDialog, {
            title: _t("Restore this version?"),
            body: _t("It takes the place of the text in the form. Save to keep it."),
            confirmLabel: _t("Restore"),
            confirm: () => {
                const metadata = getHtmlFieldMetadata(record.data[fieldName]);
                record.update({ [fieldName]: setHtmlFieldMetadata(html, metadata) });
                close();
            },
            cancel: () => {},
        });
    }
}

export const ntrArticleFormView = {
    ...formView,
    Controller: NtrArticleFormController,
};

registry.category("views").add("ntr_article_form", ntrArticleFormView);
