import { useEffect } from "react";
import { useLab, useLabStore } from "../lab-context";
import { Dialog } from "../shared/Dialog";
import { CollectionList } from "./CollectionList";
import { ImportForm } from "./ImportForm";
import { ImportProgressView } from "./ImportProgressView";
import { ImportReportView } from "./ImportReportView";
import classes from "./ProblemsDialog.module.css";

/** Brings problems in, tells how that went, and lists what is there. */
export function ProblemsDialog() {
  const store = useLabStore();
  const isOpen = useLab((state) => state.dialog === "problems");
  const importing = useLab((state) => state.importing);

  useEffect(() => {
    if (!isOpen) return;
    void store.getState().loadCollections();
    void store.getState().loadFormats();
  }, [isOpen, store]);

  return (
    <Dialog title="Problems" isOpen={isOpen} onClose={() => store.getState().showDialog(null)}>
      <div className={classes.content}>
        {importing.stage === "reading" && <ImportProgressView name={importing.name} progress={importing.progress} />}
        {importing.stage === "done" && <ImportReportView name={importing.name} report={importing.report} />}
        {/* Hidden rather than gone, so that nothing that was typed is lost. */}
        <div hidden={importing.stage === "reading" || importing.stage === "done"}>
          <ImportForm fault={importing.stage === "failed" ? importing.error : null} />
        </div>
        <CollectionList />
      </div>
    </Dialog>
  );
}
