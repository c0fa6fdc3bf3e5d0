import { useEffect } from "react";
import { parseModelRef } from "../../core/model-ref";
import { useLab } from "../lab-context";
import { Icon } from "../shared/Icon";
import { TextButton } from "../shared/TextButton";
import classes from "./ModelLine.module.css";
import { MODEL_FAULT_ID } from "./model-fault";
import { modelState } from "./model-state";
import { modelWords } from "./model-words";

/** The model that is set up, what to know of it, and the way to another one. */
export function ModelLine() {
  const model = useLab((state) => state.spec.model);
  const listing = useLab((state) => state.listing);
  // While a problem is awaited, what stands in for it says nothing of the model.
  const problem = useLab((state) => (state.awaited === null ? state.problem : null));
  const loadModels = useLab((state) => state.loadModels);
  const showDialog = useLab((state) => state.showDialog);
  const ref = parseModelRef(model);
  const { name, place } = modelWords(ref);
  const state = modelState(model, listing, problem);
  const isUnknown = ref.engine === "webllm" && listing === null;

  useEffect(() => {
    if (isUnknown) void loadModels();
  }, [isUnknown, loadModels]);

  return (
    <>
      <button type="button" className={classes.line} aria-haspopup="dialog" onClick={() => showDialog("model")}>
        <span className={classes.name}>{name}</span>
        <span className={classes.place}>{place}</span>
        <Icon name="chevron" />
      </button>
      {state !== null && (
        <p
          className={classes.state}
          data-kind={state.kind}
          {...(state.kind === "fault" ? { id: MODEL_FAULT_ID, role: "alert" } : {})}
        >
          {state.text}{" "}
          {state.kind === "fault" && <TextButton onClick={() => showDialog("model")}>Choose another model</TextButton>}
        </p>
      )}
    </>
  );
}
