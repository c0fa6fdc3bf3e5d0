import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { toErrorData } from "../../core/errors";
import { useLab } from "../contexts";
import classes from "./CustomModelForm.module.css";

const ADDRESS_FAULT = "Give a whole address, beginning with https://.";

/** Adds a compiled model by its two addresses; what is wrong with them is said beneath. */
export function CustomModelForm() {
  const add = useLab((state) => state.addCustomModel);
  const [model, setModel] = useState("");
  const [modelLib, setModelLib] = useState("");
  const [outcome, setOutcome] = useState<{ readonly text: string; readonly isFault: boolean } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const faults = [model, modelLib].map((text) => (text === "" || isAddress(text) ? null : ADDRESS_FAULT));
  const isComplete = isAddress(model) && isAddress(modelLib);

  const submit = async () => {
    setBusy(true);
    setOutcome(null);
    try {
      const { name } = await add({ model: model.trim(), modelLib: modelLib.trim() });
      setModel("");
      setModelLib("");
      setOutcome({ text: `${name} is in the list.`, isFault: false });
    } catch (error) {
      const { message, hint } = toErrorData(error);
      setOutcome({ text: `${message} ${hint}`.trim(), isFault: true });
    }
    setBusy(false);
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextInput
        label="Model folder"
        description="Holds mlc-chat-config.json, the weights and the tokenizer."
        placeholder="https://"
        spellCheck={false}
        value={model}
        error={faults[0]}
        onChange={(event) => setModel(event.currentTarget.value)}
      />
      <TextInput
        label="Model library"
        description="The compiled .wasm that belongs to it."
        placeholder="https://"
        spellCheck={false}
        value={modelLib}
        error={faults[1]}
        onChange={(event) => setModelLib(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button type="submit" size="xs" disabled={!isComplete} loading={isBusy}>
          Add
        </Button>
        <p role="status" className={outcome?.isFault ? classes.fault : "quiet"}>
          {outcome?.text}
        </p>
      </div>
    </form>
  );
}

function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text.trim()) && URL.canParse(text.trim());
}
