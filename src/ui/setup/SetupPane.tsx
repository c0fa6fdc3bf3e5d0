import { TextInput } from "@mantine/core";
import { lazy, Suspense, useEffect, useRef } from "react";
import { parseModelRef } from "../../core/model";
import { useLab, useLabStore } from "../contexts";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { MODEL_FAULT_ID, missingRoles, modelState, modelWords, withoutMissing } from "../models/model-words";
import { useCheckpointsOf } from "../models/use-checkpoints";
import { TextButton } from "../shared/buttons";
import { Icon } from "../shared/Icon";
import { ProblemCard } from "./ProblemCard";
import { SearchSettings } from "./SearchSettings";
import classes from "./SetupPane.module.css";

// Both bring much code along that the first picture of the page does not need.
const ProblemPicker = lazy(() => import("./ProblemPicker").then((module) => ({ default: module.ProblemPicker })));
const CustomEditor = lazy(() => import("./CustomEditor").then((module) => ({ default: module.CustomEditor })));

/** What to solve, and how to search for it. */
export function SetupPane() {
  const isDrafting = useLab((state) => state.isDrafting);
  const showDialog = useLab((state) => state.showDialog);
  return (
    <ErrorBoundary what="settings">
      <section className={classes.section} aria-labelledby="problem-title">
        <div className={classes.head}>
          <h2 id="problem-title" className={classes.title}>
            Problem
          </h2>
          <TextButton onClick={() => showDialog("problems")}>Add problems</TextButton>
        </div>
        {isDrafting ? (
          <Suspense>
            <CustomEditor />
          </Suspense>
        ) : (
          <>
            <Suspense fallback={<ComingPicker />}>
              <ProblemPicker />
            </Suspense>
            <ProblemCard />
          </>
        )}
      </section>
      <section className={classes.section} aria-labelledby="model-title">
        <div className={classes.head}>
          <h2 id="model-title" className={classes.title}>
            Model
          </h2>
        </div>
        <ModelLine />
      </section>
      <section className={classes.section} aria-labelledby="search-title">
        <div className={classes.head}>
          <h2 id="search-title" className={classes.title}>
            Search
          </h2>
        </div>
        <SearchSettings />
      </section>
    </ErrorBoundary>
  );
}

/** Looks like the picker, and keeps its place. */
function ComingPicker() {
  const title = useLab((state) => state.problem?.title ?? "");
  return <TextInput aria-label="Problem" value={title} readOnly />;
}

/** The model that is set up, what to know of it, and the way to another one. */
function ModelLine() {
  const model = useLab((state) => state.spec.model);
  const listing = useLab((state) => state.listing);
  const checkpoints = useLab((state) => state.checkpoints);
  // While a problem is awaited, what stands in for it says nothing of the model.
  const problem = useLab((state) => (state.awaited === null ? state.problem : null));
  const loadModels = useLab((state) => state.loadModels);
  const showDialog = useLab((state) => state.showDialog);
  const ref = parseModelRef(model);
  const { name, place } = modelWords(ref);
  const state = modelState(model, { listing, checkpoints }, problem);
  const missing = missingRoles(ref, checkpoints ?? []);
  const isUnknown = ref.engine === "webllm" && listing === null;

  useCheckpointsOf(model);
  useEffect(() => {
    if (isUnknown) void loadModels();
  }, [isUnknown, loadModels]);

  return (
    <>
      <button type="button" className={classes.line} aria-haspopup="dialog" onClick={() => showDialog("model")}>
        <span className={classes.name}>{name}</span>
        <span className={classes.place}>{place}</span>
        <Icon name="chevron" />
      </button>
      {state !== null && (
        <p
          className={classes.state}
          data-kind={state.kind}
          {...(state.kind === "fault" ? { id: MODEL_FAULT_ID, role: "alert" } : {})}
        >
          {state.text}{" "}
          {state.kind === "fault" &&
            (missing.length > 0 ? (
              <MissingCheckpoint isPolicy={missing.includes("checkpoint")} />
            ) : (
              <TextButton onClick={() => showDialog("model")}>Choose another model</TextButton>
            ))}
        </p>
      )}
    </>
  );
}

/** The ways on from a model whose checkpoints are not here. */
function MissingCheckpoint({ isPolicy }: { readonly isPolicy: boolean }) {
  const store = useLabStore();
  const input = useRef<HTMLInputElement>(null);

  const take = async (file: File) => {
    const { importCheckpoint, notify } = store.getState();
    const record = await importCheckpoint(new Uint8Array(await file.arrayBuffer()));
    const { spec, checkpoints } = store.getState();
    if (record === null || missingRoles(parseModelRef(spec.model), checkpoints ?? []).length === 0) return;
    notify({
      tone: "info",
      message: `That was ${record.id}, which is here now.`,
      hint: "Another one is still missing.",
    });
  };
  const goOn = () => {
    const { spec, checkpoints, chooseModel } = store.getState();
    chooseModel(withoutMissing(parseModelRef(spec.model), checkpoints ?? []));
  };

  return (
    <span className={classes.ways}>
      <TextButton onClick={() => input.current?.click()}>Import a zip</TextButton>
      <TextButton onClick={goOn}>{isPolicy ? "Use the model as it ships" : "Go on without"}</TextButton>
      <input
        ref={input}
        type="file"
        accept=".zip"
        aria-label="Zip of the missing checkpoint"
        hidden
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) void take(file);
          event.currentTarget.value = "";
        }}
      />
    </span>
  );
}
