import { LightningElement, api, wire } from "lwc";
import { refreshApex } from "@salesforce/apex";
import { NavigationMixin } from "lightning/navigation";
import { getRelatedListRecords } from "lightning/uiRelatedListApi";
import loadContext from "@salesforce/apex/CasebridgeContext.load";
import sessions from "@salesforce/label/c.Casebridge_Sessions";
import none from "@salesforce/label/c.Casebridge_No_Sessions";
import notRead from "@salesforce/label/c.Casebridge_Not_Read";
import loading from "@salesforce/label/c.Casebridge_Loading";
import refresh from "@salesforce/label/c.Casebridge_Refresh";
import open from "@salesforce/label/c.Casebridge_Open";
import session from "@salesforce/label/c.Casebridge_Session";
import transcript from "@salesforce/label/c.Casebridge_Transcript";
import recording from "@salesforce/label/c.Casebridge_Recording";
import recordings from "@salesforce/label/c.Casebridge_Recordings";
import surveys from "@salesforce/label/c.Casebridge_Surveys";
import viewAll from "@salesforce/label/c.Casebridge_View_All";
import running from "@salesforce/label/c.Casebridge_Running";
import duration from "@salesforce/label/c.Casebridge_Duration";

const PAGE = 10;
const OBJECT = "Support_Session__c";
const ALWAYS = ["End_Time__c", "Chat_View_URL__c", "Recording_Count__c"];

/** Seconds as hours, minutes and seconds, such as 1:02:03. */
function clock(seconds) {
    const part = (value) => String(value).padStart(2, "0");
    return `${Math.floor(seconds / 3600)}:${part(Math.floor((seconds % 3600) / 60))}:${part(seconds % 60)}`;
}

/** An address with the session's LSID as the parameter `lsid`; one that is there gets the value. */
function withLsid(address, lsid) {
    try {
        const url = new URL(address);
        const known = [...url.searchParams.keys()].find((name) => name.toLowerCase() === "lsid");
        url.searchParams.set(known ?? "lsid", lsid);
        return url.href;
    } catch {
        return undefined;
    }
}

/** An address that may be opened: what a field holds is not trusted to be one. */
function webAddress(text) {
    return /^https:\/\//i.test(text ?? "") ? text : undefined;
}

/** The support sessions of the case, newest first, with the columns of the field set Sessions. */
export default class CasebridgeSessions extends NavigationMixin(LightningElement) {
    @api recordId;

    label = {
        sessions,
        none,
        notRead,
        loading,
        refresh,
        open,
        session,
        transcript,
        recording,
        recordings,
        surveys,
        viewAll
    };

    @wire(loadContext)
    context = {};

    @wire(getRelatedListRecords, {
        parentRecordId: "$recordId",
        relatedListId: "Support_Sessions__r",
        fields: [`${OBJECT}.LSID__c`],
        optionalFields: "$optionalFields",
        sortBy: ["-Support_Session__c.Start_Time__c"],
        pageSize: PAGE
    })
    related = {};

    /** Undefined until the columns are known. A field that somebody may not see leaves its column empty. */
    get optionalFields() {
        const columns = this.context.data?.columns;
        return (
            columns &&
            [...new Set([...columns.map(({ fieldName }) => fieldName), ...ALWAYS])].map((name) => `${OBJECT}.${name}`)
        );
    }

    get columns() {
        const labels = { Duration_Seconds__c: duration };
        const columns = this.context.data?.columns ?? [];
        return columns.map((column) => ({ ...column, label: labels[column.fieldName] ?? column.label }));
    }

    get failed() {
        return Boolean(this.related.error || this.context.error);
    }

    get loading() {
        return !this.related.data;
    }

    get hasMore() {
        return Boolean(this.related.data?.nextPageToken);
    }

    get sessions() {
        return this.related.data.records.map(({ id, fields }) => ({
            id,
            lsid: fields.LSID__c.value,
            cells: this.columns.map((column) => this.cell(column, fields)),
            transcript: webAddress(fields.Chat_View_URL__c?.value),
            recording: fields.Recording_Count__c?.value > 0 ? this.recordingOf(fields.LSID__c.value) : undefined
        }));
    }

    cell({ fieldName, type }, fields) {
        const { value, displayValue } = fields[fieldName] ?? {};
        if (type === "DATETIME" && value) {
            return { fieldName, isTime: true, value };
        }
        if (fieldName === "End_Time__c" && !value) {
            return { fieldName, text: running };
        }
        if (fieldName === "Duration_Seconds__c" && value !== null && value !== undefined) {
            return { fieldName, text: clock(value) };
        }
        return { fieldName, text: displayValue ?? value ?? "" };
    }

    /** Where the session's recording is kept outside the appliance, if it is. */
    recordingOf(lsid) {
        const base = this.context.data?.recordingBaseUrl;
        return base ? withLsid(webAddress(base), lsid) : undefined;
    }

    handleRefresh() {
        return refreshApex(this.related);
    }

    handleOpen(event) {
        const recordId = event.target.dataset.id;
        const where = event.detail.value;
        if (where === "record") {
            this[NavigationMixin.Navigate]({
                type: "standard__recordPage",
                attributes: { recordId, objectApiName: OBJECT, actionName: "view" }
            });
        } else {
            this.openList(recordId, OBJECT, where);
        }
    }

    handleViewAll() {
        this.openList(this.recordId, "Case", "Support_Sessions__r");
    }

    openList(recordId, objectApiName, relationshipApiName) {
        this[NavigationMixin.Navigate]({
            type: "standard__recordRelationshipPage",
            attributes: { recordId, objectApiName, relationshipApiName, actionName: "view" }
        });
    }
}
