import { LivechatCommandDialog } from "@im_livechat/core/common/livechat_command_dialog";
import { registerThreadAction } from "@mail/core/common/thread_actions";
import "@mail/discuss/call/common/thread_actions";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";

registry.category("discuss.channel_commands").add("ticket", {
    condition: ({ store, thread }) =>
        store.may_make_ticket && thread?.channel_type === "livechat",
    help: _t("Make a ticket of this chat (/ticket title)"),
    methodName: "execute_command_ticket",
});

/** The same as a button above the chat, in its window and in Discuss. */
registerThreadAction("make-ticket", {
    actionPanelComponent: LivechatCommandDialog,
    actionPanelComponentProps: ({ action }) => ({
        close: () => action.close(),
        commandName: "ticket",
        icon: "fa fa-life-ring",
        placeholderText: _t("e.g. Grinder stops"),
        title: _t("Make a Ticket"),
    }),
    close: ({ action }) => action.popover?.close(),
    condition: ({ owner, store, thread }) =>
        store.may_make_ticket &&
        thread?.channel_type === "livechat" &&
        !owner.isDiscussSidebarChannelActions,
    icon: "fa fa-fw fa-life-ring",
    name: _t("Make a Ticket"),
    panelOuterClass: "bg-100",
    sequence: 11,
    sequenceGroup: 25,
    setup({ owner }) {
        if (!owner.env.inChatWindow) {
            this.popover = usePopover(LivechatCommandDialog, {
                onClose: () => this.close(),
                popoverClass: this.panelOuterClass,
            });
        }
    },
    toggle: true,
    open({ owner, thread }) {
        this.popover?.open(owner.root.el.querySelector(`[name="${this.id}"]`), {
            thread,
            ...this.actionPanelComponentProps,
        });
    },
});
