import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ModelRef } from "../../core/model";
import type { AdapterSummary, CatalogModel, StorageSummary } from "../../ports/model-catalog";
import { useLab, useLabStore } from "../contexts";
import { DeleteButton, TextButton } from "../shared/buttons";
import { formatBytes } from "../shared/format";
import { CustomModelForm } from "./CustomModelForm";
import { quantizationWords, webllmId } from "./model-words";
import classes from "./WebllmPanel.module.css";
import { groupModels, type ModelFilter, type ModelGroup } from "./webllm-groups";

const FILTERS: readonly { readonly value: ModelFilter; readonly label: string }[] = [
  { value: "code", label: "Code models" },
  { value: "all", label: "All models" },
  { value: "cached", label: "Downloaded" },
];

/** The models that run in this browser, on WebGPU: which there are, what they need, what is kept of them. */
export function WebllmPanel({ onChoose }: { readonly onChoose: (model: ModelRef) => void }) {
  const store = useLabStore();
  const listing = useLab((state) => state.listing);
  const fault = useLab((state) => state.listingFault);
  const [filter, setFilter] = useState<ModelFilter>("code");
  const [search, setSearch] = useState("");

  useEffect(() => {
    void store.getState().loadModels();
  }, [store]);

  if (listing === null) {
    return (
      <p className={classes.none} role="status">
        {fault === null ? "Looking at what this machine can run…" : `${fault.message} ${fault.hint}`}
      </p>
    );
  }
  const groups = groupModels(listing.models, filter, search);
  return (
    <div className={classes.panel}>
      {listing.adapter !== null && <Machine adapter={listing.adapter} />}
      <div className={classes.filter}>
        <TextInput
          aria-label="Search models"
          placeholder="Search, such as qwen 1.5b"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label="Which models"
          data={[...FILTERS]}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value as ModelFilter)}
        />
      </div>
      <details className={classes.more}>
        <summary>Add a model of your own</summary>
        <CustomModelForm />
      </details>
      {groups.length === 0 && (
        <Nothing
          filter={filter}
          hasOthers={groupModels(listing.models, "all", search).length > 0}
          onAll={() => setFilter("all")}
        />
      )}
      {groups.map(({ fault: reason, models }) => (
        <section key={reason?.code ?? ""} className={classes.group} aria-label={headingOf(reason)}>
          {reason !== null && (
            <p className={classes.fault}>
              <strong>{headingOf(reason)}</strong> <span className="quiet">{reason.hint}</span>
            </p>
          )}
          <ul>
            {models.map((model) => (
              <ModelRow key={model.ref} model={model} group={reason} onChoose={onChoose} />
            ))}
          </ul>
        </section>
      ))}
      <StorageLine />
    </div>
  );
}

interface NothingProps {
  readonly filter: ModelFilter;
  /** The search finds some that the filter leaves out. */
  readonly hasOthers: boolean;
  readonly onAll: () => void;
}

const NOTHING_WORDS: Readonly<Record<ModelFilter, string>> = {
  code: "None among code models.",
  cached: "None among the downloaded ones.",
  all: "No model of that name.",
};

/** That nothing was found, and the way to what the filter hides. */
function Nothing({ filter, hasOthers, onAll }: NothingProps) {
  return (
    <p className={classes.none} role="status">
      {NOTHING_WORDS[hasOthers ? filter : "all"]}{" "}
      {hasOthers && <TextButton onClick={onAll}>Search all models</TextButton>}
    </p>
  );
}

/** What many models have in common; the sentences of the faults themselves are about one. */
const HEADINGS: Readonly<Record<string, string>> = {
  "model/needs-f16": "These compute in 16-bit floats, which are missing here.",
  "model/small-buffers": "These need larger buffers than this GPU allows.",
  "model/out-of-memory": "These need more memory than this GPU is likely to have.",
};

function headingOf(fault: ModelGroup["fault"]): string {
  if (fault === null) return "Models that run here";
  return HEADINGS[fault.code] ?? (fault.message || "Not on this machine.");
}

function Machine({ adapter }: { readonly adapter: AdapterSummary }) {
  return (
    <p className={classes.machine}>
      {adapter.description} · {adapter.hasShaderF16 ? "16-bit floats" : "no 16-bit floats: take q4f32 models"}
    </p>
  );
}

interface ModelRowProps {
  readonly model: CatalogModel;
  /** What the heading above it has said already of why it cannot run. */
  readonly group: ModelGroup["fault"];
  readonly onChoose: (model: ModelRef) => void;
}

/** One model: what it needs, what is kept of it, and the way to choose it. Choosing downloads nothing. */
function ModelRow({ model, group, onChoose }: ModelRowProps) {
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

/** What this browser keeps, and what can be done about it. */
function StorageLine() {
  const store = useLabStore();
  const storage = useLab((state) => state.storage);
  const cached = useLab(
    (state) => state.listing?.models.reduce((sum, model) => sum + (model.cachedBytes ?? 0), 0) ?? 0,
  );
  const [isAsking, setAsking] = useState(false);
  if (storage === null) return null;
  const { deleteAllCached, keepCached } = store.getState();

  if (isAsking) {
    return (
      <p className={classes.line}>
        <span>Delete all downloaded models, {formatBytes(cached)}?</span>
        <TextButton
          onClick={() => {
            setAsking(false);
            void deleteAllCached();
          }}
        >
          Delete them
        </TextButton>
        <TextButton onClick={() => setAsking(false)}>Keep them</TextButton>
      </p>
    );
  }
  return (
    <p className={`${classes.line} numbers`}>
      <span>{usageOf(storage)}</span>
      {!storage.isPersistent && cached > 0 && <TextButton onClick={() => void keepCached()}>Ask to keep it</TextButton>}
      {cached > 0 && <TextButton onClick={() => setAsking(true)}>Delete all downloads</TextButton>}
    </p>
  );
}

function usageOf({ usedBytes, quotaBytes, isPersistent }: StorageSummary): string {
  const used = usedBytes === null ? "" : `${formatBytes(usedBytes)} stored`;
  const all = quotaBytes === null ? "" : `of ${formatBytes(quotaBytes)}`;
  const promise = isPersistent ? ", kept until you delete it" : ", until the browser needs the room";
  return used === "" ? "The browser does not say what it stores." : `${used} ${all}`.trim() + promise;
}
