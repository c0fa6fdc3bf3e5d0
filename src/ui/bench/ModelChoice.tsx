import { Button, Checkbox, TextInput } from "@mantine/core";
import { useEffect, useId, useState } from "react";
import { toErrorData } from "../../core/errors";
import { formatModelRef, parseModelRef } from "../../core/model-ref";
import type { LabState } from "../../store/lab-state";
import { useLab } from "../lab-context";
import { modelState } from "../models/model-state";
import { modelWords } from "../models/model-words";
import classes from "./ModelChoice.module.css";
import { useBench, useBenchStore } from "./use-bench";

const TINY = formatModelRef({ engine: "tiny" });

/** The models to compare: those at hand as boxes, any other one by its name. */
export function ModelChoice() {
  const store = useBenchStore();
  const chosen = useBench((state) => state.draft.models);
  const listing = useLab((state) => state.listing);
  const present = useLab((state) => state.spec.model);
  const loadModels = useLab((state) => state.loadModels);
  const [added, setAdded] = useState<readonly string[]>([]);

  useEffect(() => {
    if (listing === null) void loadModels();
  }, [listing, loadModels]);

  const kept = (listing?.models ?? []).filter(({ cachedBytes }) => cachedBytes !== null).map(({ ref }) => ref);
  const models = [...new Set([TINY, present, ...kept, ...added, ...chosen])];
  const edit = (next: readonly string[]) =>
    store.getState().edit({ models: models.filter((each) => next.includes(each)) });

  return (
    <div className={classes.choice}>
      {models.map((model) => (
        <ModelBox
          key={model}
          model={model}
          isChosen={chosen.includes(model)}
          onChange={(isChosen) => edit(isChosen ? [...chosen, model] : chosen.filter((each) => each !== model))}
        />
      ))}
      <AddModel
        onAdd={(model) => {
          setAdded((before) => [...before, model]);
          store.getState().edit({ models: [...new Set([...store.getState().draft.models, model])] });
        }}
      />
    </div>
  );
}

interface ModelBoxProps {
  readonly model: string;
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

function ModelBox({ model, isChosen, onChange }: ModelBoxProps) {
  const listing = useLab((state) => state.listing);
  const { name, place } = modelWords(parseModelRef(model));
  const state = isChosen ? modelState(model, listing, null) : null;
  return (
    <Checkbox
      size="xs"
      checked={isChosen}
      onChange={(event) => onChange(event.currentTarget.checked)}
      label={
        <>
          <span className={classes.name}>{name}</span> <span className={classes.place}>{place}</span>
        </>
      }
      description={state === null ? null : <span data-kind={state.kind}>{state.text}</span>}
      classNames={{ description: classes.state ?? "", labelWrapper: classes.words ?? "" }}
    />
  );
}

/** A model by its name; what is none is said below the field and not taken over. */
function AddModel({ onAdd }: { readonly onAdd: (model: string) => void }) {
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
