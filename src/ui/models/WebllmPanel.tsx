import { NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ModelRef } from "../../core/model-ref";
import type { AdapterSummary } from "../../ports/model-catalog";
import { useLab, useLabStore } from "../lab-context";
import { TextButton } from "../shared/TextButton";
import { CustomModelForm } from "./CustomModelForm";
import { ModelRow } from "./ModelRow";
import { StorageLine } from "./StorageLine";
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
