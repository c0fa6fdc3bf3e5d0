import type { ErrorData } from "../core/errors";
import type { SliceCreator } from "./slice";

/** What fills the screen: one run, a comparison of many, or what models learn. */
export type View = "explorer" | "comparison" | "train";

/** The panes of the screen; narrow screens show one at a time. */
export type Pane = "setup" | "tree" | "inspector";

/** The dialogs that lie over the screen. */
export type DialogName = "model" | "problems";

/** Something to tell the person, until they dismiss it. */
export interface Notice extends Pick<ErrorData, "message" | "hint"> {
  readonly tone: "error" | "info";
  /** The dialog where it can be mended. */
  readonly opens?: DialogName;
}

/** What lies open on the screen. */
export interface ViewSlice {
  readonly view: View;
  readonly pane: Pane;
  readonly dialog: DialogName | null;
  readonly notice: Notice | null;
  /** The dialog that was open when the notice came. */
  readonly noticeDialog: DialogName | null;
  showExplorer(): void;
  showPane(pane: Pane): void;
  showDialog(dialog: DialogName | null): void;
  notify(notice: Notice): void;
  dismissNotice(): void;
}

export const createViewSlice: SliceCreator<ViewSlice, ViewSlice, unknown> = (set, get) => ({
  view: "explorer",
  pane: "tree",
  dialog: null,
  notice: null,
  noticeDialog: null,
  showExplorer: () => set({ view: "explorer" }),
  showPane: (pane) => set({ pane }),
  showDialog: (dialog) => set({ dialog }),
  notify: (notice) => set({ notice, noticeDialog: get().dialog }),
  dismissNotice: () => set({ notice: null }),
});
