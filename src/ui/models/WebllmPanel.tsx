import { NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ModelRef } from "../../core/model-ref";
import type { AdapterSummary } from "../../ports/model-catalog";
import { useLab, useLabStore } from "../lab-context";
import { CustomModelForm } from "./CustomModelForm";
import { ModelRow } from "./ModelRow";
import { StorageLine } from "./StorageLine";
import classes from "./WebllmPanel.module.css";
import { groupModels, type ModelFilter } from "./webllm-groups";

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
      <Machine adapter={listing.adapter} />
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
      {groups.length === 0 && <p className={classes.none}>No model of that kind.</p>}
      {groups.map(({ fault: reason, models }) => (
        <section
          key={reason?.message ?? ""}
          className={classes.group}
          aria-label={reason?.message ?? "Models that run here"}
        >
          {reason !== null && (
            <p className={classes.fault}>
              <strong>{reason.message}</strong> <span className="quiet">{reason.hint}</span>
            </p>
          )}
          <ul>
            {models.map((model) => (
              <ModelRow key={model.ref} model={model} onChoose={onChoose} />
            ))}
          </ul>
        </section>
      ))}
      <details className={classes.more}>
        <summary>Add a model of your own</summary>
        <CustomModelForm />
      </details>
      <StorageLine />
    </div>
  );
}

function Machine({ adapter }: { readonly adapter: AdapterSummary | null }) {
  if (adapter === null) {
    return (
      <p className={classes.machine} data-missing="true">
        These models need WebGPU, which this browser does not offer. Chrome and Edge have it where graphics acceleration
        is on; or use an endpoint.
      </p>
    );
  }
  return (
    <p className={classes.machine}>
      {adapter.description} · {adapter.hasShaderF16 ? "16-bit arithmetic" : "no 16-bit arithmetic: choose q4f32"}
    </p>
  );
}
