import { Button } from "@mantine/core";
import type { ModelRef } from "../../core/model-ref";
import type { CatalogModel } from "../../ports/model-catalog";
import { useLab, useLabStore } from "../lab-context";
import { DeleteButton } from "../shared/DeleteButton";
import { formatBytes } from "../shared/format";
import classes from "./ModelRow.module.css";
import { quantizationWords, webllmId } from "./model-words";
import type { ModelGroup } from "./webllm-groups";

interface ModelRowProps {
  readonly model: CatalogModel;
  /** What the heading above it has said already of why it cannot run. */
  readonly group: ModelGroup["fault"];
  readonly onChoose: (model: ModelRef) => void;
}

/** One model: what it needs, what is kept of it, and the way to choose it. Choosing downloads nothing. */
export function ModelRow({ model, group, onChoose }: ModelRowProps) {
  const store = useLabStore();
  const isChosen = useLab((state) => state.spec.model === model.ref);
  const { name, cachedBytes, isCustom, fault } = model;
  const faultWords = [group?.message ? "" : fault?.message, group?.hint ? "" : fault?.hint]
    .filter((part) => part)
    .join(" ");
  return (
    <li className={classes.row} data-fault={model.fault !== null}>
      <span className={`${classes.name} numbers`}>
        {name} <span className={classes.variant}>{variantOf(model)}</span>
      </span>
      <span className={`${classes.facts} numbers`}>{factsOf(model)}</span>
      {faultWords !== "" && <span className={classes.facts}>{faultWords}</span>}
      <span className={classes.kept}>
        {cachedBytes !== null && `${formatBytes(cachedBytes)} here`}
        {(cachedBytes !== null || isCustom) && (
          <DeleteButton
            label={isCustom ? `Forget ${name}` : `Delete the download of ${name}`}
            onDelete={() => {
              const { forgetCustomModel, deleteCached } = store.getState();
              void (isCustom ? forgetCustomModel : deleteCached)(model.ref);
            }}
          />
        )}
      </span>
      {model.fault === null && (
        <Button
          className={classes.choose ?? ""}
          size="xs"
          variant={isChosen ? "default" : "light"}
          disabled={isChosen}
          aria-label={isChosen ? `${name} is in use` : `Use ${name}, ${model.quantization}`}
          onClick={() => onChoose({ engine: "webllm", id: webllmId(model) })}
        >
          {isChosen ? "In use" : "Use"}
        </Button>
      )}
    </li>
  );
}

/** What tells the models of one name apart: `4-bit, f16 · 945 MB of memory`. */
function variantOf({ vramMB, quantization }: CatalogModel): string {
  const memory = vramMB === null ? "" : `${formatBytes(vramMB * 1e6)} of memory`;
  return [quantizationWords(quantization), memory].filter((fact) => fact !== "").join(" · ");
}

function factsOf({ quantization, contextLength, isCustom }: CatalogModel): string {
  const context = `${Math.round(contextLength / 1024)}k context`;
  return [quantization, context, isCustom ? "yours" : ""].filter((fact) => fact !== "").join(" · ");
}
