import type { NodeId } from "../../core/run/events";
import type { Notice, SliceCreator } from "../lab-state";

/** The panes of the screen; narrow screens show one at a time. */
export type Pane = "setup" | "tree" | "inspector";

/** The dialogs that lie over the screen. */
export type DialogName = "model" | "problems";

/** What the person looks at. */
export interface ViewSlice {
  readonly selected: NodeId | null;
  /** Whether a person chose the node, so that the app leaves it alone and links carry it. */
  readonly selectionIsChosen: boolean;
  readonly pane: Pane;
  readonly dialog: DialogName | null;
  readonly notice: Notice | null;
  /** The dialog that was open when the notice came. */
  readonly noticeDialog: DialogName | null;
  select(id: NodeId): void;
  /** Selects on the app's own account: a person's choice stays. */
  suggest(id: NodeId | null): void;
  showPane(pane: Pane): void;
  showDialog(dialog: DialogName | null): void;
  notify(notice: Notice): void;
  dismissNotice(): void;
}

export const createViewSlice: SliceCreator<ViewSlice> = (set, get) => ({
  selected: null,
  selectionIsChosen: false,
  pane: "tree",
  dialog: null,
  notice: null,
  noticeDialog: null,
  select: (selected) => set({ selected, selectionIsChosen: true }),
  suggest: (selected) => {
    if (!get().selectionIsChosen) set({ selected });
  },
  showPane: (pane) => set({ pane }),
  showDialog: (dialog) => set({ dialog }),
  notify: (notice) => set({ notice, noticeDialog: get().dialog }),
  dismissNotice: () => set({ notice: null }),
});
