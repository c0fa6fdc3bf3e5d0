import { Button, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { toErrorData } from "../../core/errors";
import { formatModelRef, parseModelRef } from "../../core/model-ref";
import type { LabState } from "../../store/lab-store";
import { useLab } from "../lab-context";
import classes from "./ModelChoice.module.css";

/** A model by its name; what is none is said below the field and not taken over. */
export function AddModel({ onAdd }: { readonly onAdd: (model: string) => void }) {
  const listId = useId();
  const suggestions = useLab(suggestedModels);
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);

  const add = () => {
    try {
      onAdd(formatModelRef(parseModelRef(text.trim())));
      setText("");
    } catch (thrown) {
      const { message, hint } = toErrorData(thrown);
      setFault(`${message} ${hint}`);
    }
  };

  return (
    <form
      className={classes.add}
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <TextInput
        aria-label="Another model"
        placeholder="webllm:… or openai:…"
        list={listId}
        value={text}
        error={fault}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setText(event.currentTarget.value);
          setFault(null);
        }}
      />
      <Button type="submit" variant="default" disabled={text.trim() === ""}>
        Add
      </Button>
      <datalist id={listId}>
        {suggestions.split("\n").map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
    </form>
  );
}

/** Models that could be added, a line each: what this machine can run, and what endpoints have listed. */
function suggestedModels({ listing, endpoints }: LabState): string {
  const here = (listing?.models ?? []).filter(({ fault }) => fault === null).map(({ ref }) => ref);
  const there = Object.entries(endpoints).flatMap(([baseUrl, { models }]) =>
    models.map(({ id }) => formatModelRef({ engine: "openai", baseUrl, model: id })),
  );
  return [...there, ...here].join("\n");
}
