import "@mantine/core/styles/Tabs.css";
import { Button, Tabs } from "@mantine/core";
import { useEffect, useState } from "react";
import { type ModelRef, parseModelRef } from "../../core/model";
import { PRESETS } from "../../experiment/spec/presets";
import type { Fitted } from "../../store/setup/model-slice";
import { useLab, useLabStore } from "../contexts";
import { PRESET_WORDS, SETTINGS } from "../setup/settings";
import { Dialog } from "../shared/Dialog";
import { EndpointPanel } from "./EndpointPanel";
import classes from "./ModelDialog.module.css";
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

/** What the built-in model is. */
function TinyPanel({ onChoose }: { readonly onChoose: (model: ModelRef) => void }) {
  const isChosen = useLab((state) => state.spec.model === "tiny");
  return (
    <div className={classes.tinyPanel}>
      <p>
        A transformer of 0.9 million parameters that this project trained itself. It comes with the page, runs anywhere,
        and thinks fast.
      </p>
      <p className="quiet">
        It solves list puzzles, in JavaScript. For Python and other problems choose a model that was trained on code.
      </p>
      <Button onClick={() => onChoose({ engine: "tiny" })} disabled={isChosen}>
        {isChosen ? "In use" : "Use the tiny model"}
      </Button>
    </div>
  );
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
