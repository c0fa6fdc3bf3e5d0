import "@mantine/core/styles/Tabs.css";
import { Tabs } from "@mantine/core";
import { useEffect, useState } from "react";
import { type ModelRef, parseModelRef } from "../../core/model-ref";
import { useLab, useLabStore } from "../lab-context";
import { Dialog } from "../shared/Dialog";
import { EndpointPanel } from "./EndpointPanel";
import { fittedWords } from "./fitted-words";
import classes from "./ModelDialog.module.css";
import { TinyPanel } from "./TinyPanel";
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
