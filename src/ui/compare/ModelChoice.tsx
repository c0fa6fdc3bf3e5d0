import { Button, Checkbox, TextInput } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import { toErrorData } from "../../core/errors";
import { formatModelRef, parseModelRef } from "../../core/model";
import type { LabState, LabStore } from "../../store/lab-store";
import { useComparison, useComparisonStore, useLab, useLabStore } from "../contexts";
import { modelState, modelWords } from "../models/model-words";
import { useCheckpointsOf } from "../models/use-checkpoints";
import { IconButton } from "../shared/buttons";
import classes from "./ModelChoice.module.css";

const TINY = formatModelRef({ engine: "tiny" });

/** An endpoint that lists more than these would bury the other models: its own are suggested as one types. */
const MOST_OF_ENDPOINT = 6;

/** The models to compare: those at hand as boxes, any other one by its name. */
export function ModelChoice() {
  const store = useComparisonStore();
  const chosen = useComparison((state) => state.draft.models);
  const atHand = useLab(modelsAtHand).split("\n");
  const hasListing = useLab((state) => state.listing !== null);
  const loadModels = useLab((state) => state.loadModels);
  const { added, faults, checking, add, forget } = useAddedModels();

  useEffect(() => {
    if (!hasListing) void loadModels();
  }, [hasListing, loadModels]);
  useNewPresent((model) => store.getState().edit({ models: union(store.getState().draft.models, [model]) }));

  const models = union(atHand, added, chosen);
  useCheckpointsOf(models.join("\n"));
  const choose = (model: string, isChosen: boolean) => {
    const next = isChosen ? [...chosen, model] : chosen.filter((each) => each !== model);
    store.getState().edit({ models: models.filter((each) => next.includes(each)) });
  };

  return (
    <div className={classes.choice}>
      {models.map((model) => (
        <div key={model} className={classes.row}>
          <ModelBox
            model={model}
            isChosen={chosen.includes(model)}
            fault={faults[model] ?? null}
            isChecking={checking === model}
            onChange={(isChosen) => choose(model, isChosen)}
          />
          {!atHand.includes(model) && (
            <IconButton
              icon="close"
              label={`Remove ${modelWords(parseModelRef(model)).name}`}
              onClick={() => {
                forget(model);
                choose(model, false);
              }}
            />
          )}
        </div>
      ))}
      <AddModel onAdd={add} />
    </div>
  );
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}

/** Models that the explorer knows, a line each: the built-in one, the one set up, those kept here and a small endpoint's. */
function modelsAtHand({ spec, listing, endpoints }: LabState): string {
  const kept = (listing?.models ?? []).filter(({ cachedBytes }) => cachedBytes !== null).map(({ ref }) => ref);
  const served = Object.entries(endpoints).flatMap(([baseUrl, { models }]) =>
    models.length > MOST_OF_ENDPOINT
      ? []
      : models.map(({ id }) => formatModelRef({ engine: "openai", baseUrl, model: id })),
  );
  return union([TINY, spec.model], kept, served).join("\n");
}

/** Models that were added by their names. One is ticked when nothing is found that keeps it from running. */
function useAddedModels() {
  const lab = useLabStore();
  const comparison = useComparisonStore();
  const [added, setAdded] = useState<readonly string[]>([]);
  const [faults, setFaults] = useState<Readonly<Record<string, string | null>>>({});
  const [checking, setChecking] = useState<string | null>(null);
  const check = useRef(new AbortController());
  useEffect(() => () => check.current.abort(), []);

  const add = async (model: string) => {
    check.current.abort();
    const mine = new AbortController();
    check.current = mine;
    setAdded((before) => union(before, [model]));
    setChecking(model);
    const fault = await modelFault(lab, model, mine.signal);
    if (mine.signal.aborted) return;
    setChecking(null);
    setFaults((before) => ({ ...before, [model]: fault }));
    const { draft, edit } = comparison.getState();
    edit({ models: fault === null ? union(draft.models, [model]) : draft.models.filter((each) => each !== model) });
  };
  const forget = (model: string) => {
    if (checking === model) {
      check.current.abort();
      setChecking(null);
    }
    setAdded((before) => before.filter((each) => each !== model));
    setFaults((before) => ({ ...before, [model]: null }));
  };
  return { added, faults, checking, add: (model: string) => void add(model), forget };
}

/** Calls back with a model that was chosen in the dialog while this was on the screen: it was chosen to be compared. */
function useNewPresent(onNew: (model: string) => void): void {
  const present = useLab((state) => state.spec.model);
  const before = useRef(present);
  useEffect(() => {
    if (before.current === present) return;
    before.current = present;
    onNew(present);
  });
}

interface ModelBoxProps {
  readonly model: string;
  readonly isChosen: boolean;
  /** What was found when it was added; null for nothing. */
  readonly fault: string | null;
  readonly isChecking: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

function ModelBox({ model, isChosen, fault, isChecking, onChange }: ModelBoxProps) {
  const listing = useLab((state) => state.listing);
  const checkpoints = useLab((state) => state.checkpoints);
  const { name, place } = modelWords(parseModelRef(model));
  const known = modelState(model, { listing, checkpoints }, null);
  const state = fault !== null ? { kind: "fault", text: fault } : isChosen || known?.kind === "fault" ? known : null;
  return (
    <Checkbox
      size="xs"
      checked={isChosen}
      disabled={known?.kind === "fault" && !isChosen}
      onChange={(event) => onChange(event.currentTarget.checked)}
      label={
        <>
          <span className={classes.name}>{name}</span> <span className={classes.place}>{place}</span>
        </>
      }
      description={
        isChecking ? "Looking whether it can run." : state && <span data-kind={state.kind}>{state.text}</span>
      }
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

/** What keeps a model from running here, as far as that can be told without loading it; null when nothing does. */
async function modelFault(store: LabStore, model: string, signal: AbortSignal): Promise<string | null> {
  const ref = parseModelRef(model);
  const { testEndpoint, endpointForm, loadModels, loadCheckpoints } = store.getState();
  if (ref.engine === "openai") {
    try {
      await testEndpoint(endpointForm(ref.baseUrl), signal);
      return null;
    } catch (thrown) {
      const { message, hint } = toErrorData(thrown);
      return `${message} ${hint}`;
    }
  }
  if (ref.engine === "webllm" && store.getState().listing === null) await loadModels();
  if (ref.engine === "tiny") await loadCheckpoints();
  const state = modelState(model, store.getState(), null);
  return state?.kind === "fault" ? state.text : null;
}
