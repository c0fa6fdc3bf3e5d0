import "@mantine/core/styles/Tabs.css";
import "@mantine/core/styles/Combobox.css";
import { Button, NativeSelect, Tabs } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatModelRef, type ModelRef, parseModelRef } from "../../core/model";
import { PRESETS } from "../../experiment/spec/presets";
import type { CheckpointKind, KeptCheckpoint } from "../../ports/checkpoint-store";
import type { Fitted } from "../../store/setup/model-slice";
import { useLab, useLabStore } from "../contexts";
import { PRESET_WORDS, SETTINGS } from "../setup/settings";
import { Dialog } from "../shared/Dialog";
import { EndpointPanel } from "./EndpointPanel";
import classes from "./ModelDialog.module.css";
import { shortId } from "./model-words";
import { WebllmPanel } from "./WebllmPanel";

type Engine = ModelRef["engine"];

/** Chooses the model: the built-in one, one that runs in this browser, or one behind an address. */
export function ModelDialog() {
  const store = useLabStore();
  const isOpen = useLab((state) => state.dialog === "model");
  const engine = useLab((state) => parseModelRef(state.spec.model).engine);
  const [tab, setTab] = useState<Engine>(engine);
  const close = () => store.getState().showDialog(null);

  useEffect(() => {
    if (isOpen) setTab(engine);
  }, [isOpen, engine]);

  const choose = (model: ModelRef) => {
    const { chooseModel, notify } = store.getState();
    const words = fittedWords(chooseModel(model));
    close();
    if (words !== null) notify({ tone: "info", ...words });
  };

  return (
    <Dialog title="Model" isOpen={isOpen} onClose={close}>
      <Tabs
        className={classes.tabs ?? ""}
        value={tab}
        onChange={(value) => setTab(value as Engine)}
        keepMounted={false}
      >
        <Tabs.List className={classes.list ?? ""}>
          <Tabs.Tab value="tiny">Tiny</Tabs.Tab>
          <Tabs.Tab value="webllm">In this browser</Tabs.Tab>
          <Tabs.Tab value="openai">Endpoint</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="tiny" className={classes.panel ?? ""}>
          <TinyPanel onChoose={choose} />
        </Tabs.Panel>
        <Tabs.Panel value="webllm" className={classes.panel ?? ""}>
          <WebllmPanel onChoose={choose} />
        </Tabs.Panel>
        <Tabs.Panel value="openai" className={classes.panel ?? ""}>
          <EndpointPanel onChoose={choose} />
        </Tabs.Panel>
      </Tabs>
    </Dialog>
  );
}

type TinyRef = ModelRef & { readonly engine: "tiny" };

/** The roles that a checkpoint of this browser can play, the kind that plays each, and what plays it otherwise. */
const ROLES = [
  { role: "checkpoint", label: "Policy", kind: "policy", otherwise: "As shipped" },
  { role: "scorer", label: "Step scorer", kind: "prm", otherwise: "None" },
  { role: "testGenerator", label: "Test generator", kind: "tcg", otherwise: "The policy itself" },
] as const satisfies readonly { role: keyof TinyRef; label: string; kind: CheckpointKind; otherwise: string }[];

/** What the built-in model is, and the checkpoints that can stand in for it. */
function TinyPanel({ onChoose }: { readonly onChoose: (model: ModelRef) => void }) {
  const store = useLabStore();
  const present = useLab((state) => state.spec.model);
  const checkpoints = useLab((state) => state.checkpoints);
  const [model, setModel] = useState<TinyRef>(() => {
    const ref = parseModelRef(present);
    return ref.engine === "tiny" ? ref : { engine: "tiny" };
  });
  const isChosen = formatModelRef(model) === present;

  useEffect(() => {
    if (store.getState().checkpoints === null) void store.getState().loadCheckpoints();
  }, [store]);

  const choose = (role: (typeof ROLES)[number]["role"], id: string) => {
    const { [role]: _, ...others } = model;
    setModel(id === "" ? others : { ...others, [role]: id });
  };

  return (
    <div className={classes.tinyPanel}>
      <p>
        A transformer of 0.9 million parameters that this project trained itself. It comes with the page, runs anywhere,
        and thinks fast.
      </p>
      <p className="quiet">
        It solves list puzzles, in JavaScript. For Python and other problems choose a model that was trained on code.
      </p>
      {checkpoints !== null && checkpoints.length > 0 && (
        <div className={classes.roles}>
          {ROLES.map(({ role, label, kind, otherwise }) => (
            <NativeSelect
              key={role}
              label={label}
              data={roleData(checkpoints, kind, otherwise, model[role])}
              value={model[role] ?? ""}
              onChange={(event) => choose(role, event.currentTarget.value)}
            />
          ))}
        </div>
      )}
      <Button onClick={() => onChoose(model)} disabled={isChosen}>
        {isChosen ? "In use" : "Use the tiny model"}
      </Button>
    </div>
  );
}

/** Who can play a role; one that is named and not here is listed, so that it can be seen and left. */
function roleData(
  checkpoints: readonly KeptCheckpoint[],
  kind: CheckpointKind,
  otherwise: string,
  named: string | undefined,
) {
  const fitting = checkpoints.filter(({ record }) => record.kind === kind).map(({ record }) => record.id);
  const isStranger = named !== undefined && !fitting.includes(named);
  return [
    { value: "", label: otherwise },
    ...fitting.map((id) => ({ value: id, label: shortId(id) })),
    ...(isStranger ? [{ value: named, label: `${shortId(named)}, not here` }] : []),
  ];
}

/** What to tell when a model brought another preset along; null when it did not. */
function fittedWords({
  spec,
  presetChanged,
  kept,
}: Fitted): { readonly message: string; readonly hint: string } | null {
  if (!presetChanged) return null;
  const message = `The preset is now "${PRESET_WORDS[spec.preset]}", which suits this model.`;
  if (kept.length === 0) return { message, hint: "" };
  const preset = PRESETS[spec.preset];
  const labels = SETTINGS.filter((setting) => setting.get(spec.config) !== setting.get(preset)).map(
    ({ label }) => label,
  );
  if (kept.includes("budget.numSimulations")) labels.unshift("Simulations");
  if (kept.includes("strategy")) labels.unshift("Strategy");
  return { message, hint: `Your own settings are kept: ${labels.join(", ")}.` };
}
