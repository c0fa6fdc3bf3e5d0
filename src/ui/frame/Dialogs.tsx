import { lazy, Suspense, useEffect, useState } from "react";
import type { DialogName } from "../../store/view-slice";
import { useLab } from "../lab-context";

// Each comes when it is first opened: the first picture of the page needs none of them.
const ModelDialog = lazy(() => import("../models/ModelDialog").then((module) => ({ default: module.ModelDialog })));
const ProblemsDialog = lazy(() =>
  import("../problems/ProblemsDialog").then((module) => ({ default: module.ProblemsDialog })),
);

/** The dialogs that lie over the screen; one that was opened once stays mounted, so that it keeps what was typed into it. */
export function Dialogs() {
  const dialog = useLab((state) => state.dialog);
  const [opened, setOpened] = useState<ReadonlySet<DialogName>>(new Set());
  useEffect(() => {
    if (dialog !== null) setOpened((before) => new Set(before).add(dialog));
  }, [dialog]);
  return (
    <Suspense>
      {opened.has("model") && <ModelDialog />}
      {opened.has("problems") && <ProblemsDialog />}
    </Suspense>
  );
}
