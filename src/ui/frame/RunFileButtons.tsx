import { useRef } from "react";
import { toErrorData } from "../../core/errors";
import { formatRunFile } from "../../runs/run-file";
import { useLabStore, useRun, useRunView } from "../lab-context";
import { IconButton } from "../shared/IconButton";
import { saveText } from "./save-text";

/** Saves the shown run as a file, and opens such a file. */
export function RunFileButtons() {
  const store = useLabStore();
  const view = useRunView();
  const input = useRef<HTMLInputElement>(null);
  const isEmpty = useRun((run) => run.length === 0);

  const save = () => {
    const { runSpec, log, state } = view.getState();
    if (runSpec === null) return;
    saveText(
      `run-${state.problem?.id ?? "problem"}-seed-${runSpec.seed}.json`,
      formatRunFile({ spec: runSpec, events: log.events }),
    );
  };

  const open = async (file: File) => {
    const { commit, notify } = store.getState();
    try {
      const { parseRunFile } = await import("../../runs/run-file-reader");
      const run = parseRunFile(await file.text());
      commit(run.spec);
      view.getState().show(run, "imported");
    } catch (error) {
      const { message, hint } = toErrorData(error);
      notify({ tone: "error", message: `${file.name}: ${message}`, hint });
    }
  };

  return (
    <>
      <IconButton icon="save" label="Export run" onClick={save} disabled={isEmpty} />
      <IconButton icon="open" label="Import run" onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        data-testid="run-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) void open(file);
        }}
      />
    </>
  );
}
