import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { toErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model";
import { formatRunFile, runFile } from "../../runs/run-file";
import { COMPARISON_HASH, experimentHash, explorerHash, hashOf, TRAIN_HASH } from "../../store/address";
import type { View } from "../../store/view-slice";
import { useLab, useLabStore, useRun, useRunView } from "../contexts";
import { modelWords } from "../models/model-words";
import { IconButton } from "../shared/buttons";
import { copyText } from "../shared/copy-text";
import type { IconName } from "../shared/Icon";
import { saveFile } from "../shared/save-file";
import classes from "./Header.module.css";
import { HelpButton } from "./Help";

/** The top line: the name, the model, and the few things that concern everything. */
export function Header() {
  const isExplorer = useLab((state) => state.view === "explorer");
  return (
    <header className={classes.header}>
      <svg width="20" height="20" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path className={classes.twig} d="M3 8C8 8 7 3.5 12 3.5M3 8C8 8 7 12.5 12 12.5" />
        <circle cx="3.2" cy="8" r="2.2" fill="var(--value-16)" />
        <circle cx="12.4" cy="3.5" r="2.2" fill="var(--value-32)" />
        <circle cx="12.4" cy="12.5" r="2.2" fill="var(--value-6)" />
      </svg>
      <h1 className={classes.name}>O1-CODER Lab</h1>
      <ViewSwitch />
      {isExplorer && <ModelPill />}
      <div className={classes.actions}>
        {isExplorer && <CopyLink />}
        {isExplorer && <RunFileButtons />}
        <HelpButton />
        <ThemeButton />
      </div>
    </header>
  );
}

/** The model that is set up, and what it ran on where the shown run is one of it. */
function ModelPill() {
  const chosen = useLab((state) => state.spec.model);
  const ran = useRun((run) => (run.runSpec?.model === chosen ? run.state.model : null));
  const title =
    ran === null
      ? "The model that is set up."
      : `${ran.id}: the model that answered, and what it ran on. Context: ${ran.contextLength} tokens.`;
  return (
    <span className={classes.model} title={title}>
      <span className={classes.id}>{modelWords(parseModelRef(chosen)).name}</span>
      {ran !== null && <span className={classes.backend}>{ran.backend}</span>}
    </span>
  );
}

/** One run, comparisons of many, or what models learn. Links, so that the browser's way back works. */
function ViewSwitch() {
  // Where the explorer is open, the link to it leaves the snapshot out, which would change all the time in a replay.
  const isExplorer = useLab((state) => state.view === "explorer");
  const spec = useLab((state) => state.spec);
  const explorer = useRun((run) => (isExplorer ? experimentHash(spec) : explorerHash(spec, run)));
  return (
    <nav className={classes.views} aria-label="Views">
      <ViewLink view="explorer" href={explorer} label="Explorer" />
      <ViewLink view="comparison" href={COMPARISON_HASH} label="Benchmark" />
      <ViewLink view="train" href={TRAIN_HASH} label="Train" />
    </nav>
  );
}

interface ViewLinkProps {
  readonly view: View;
  readonly href: string;
  readonly label: string;
}

function ViewLink({ view, href, label }: ViewLinkProps) {
  const isCurrent = useLab((state) => state.view === view);
  return (
    <a
      href={href}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (isCurrent) event.preventDefault();
      }}
    >
      {label}
    </a>
  );
}

const PRAISE_MS = 1600;

/** Copies the link to what is on the screen. */
function CopyLink() {
  const store = useLabStore();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), PRAISE_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = () => {
    const link = location.href.replace(/#.*$/, "") + hashOf(store.getState());
    copyText(link).then(
      () => setCopied(true),
      () =>
        store.getState().notify({
          tone: "error",
          message: "The browser did not let the link be copied.",
          hint: "Copy it from the address bar.",
        }),
    );
  };

  return (
    <>
      <IconButton icon={copied ? "check" : "link"} label={copied ? "Link copied" : "Copy link"} onClick={copy} />
      <span className="only-spoken" role="status">
        {copied ? "Link copied" : ""}
      </span>
    </>
  );
}

/** Saves the shown run as a file, and opens such a file. */
function RunFileButtons() {
  const store = useLabStore();
  const view = useRunView();
  const input = useRef<HTMLInputElement>(null);
  const isEmpty = useRun((run) => run.length === 0);

  const save = () => {
    const { identity, runSpec, log, state } = view.getState();
    if (identity === null) return;
    const seed = runSpec === null ? "" : `-seed-${runSpec.seed}`;
    saveFile(
      `run-${state.problem?.id ?? "problem"}${seed}.json`,
      formatRunFile(runFile(identity, runSpec, log.events)),
    );
  };

  const open = async (file: File) => {
    const { commit, notify } = store.getState();
    try {
      const { parseRunFile } = await import("../../runs/parse");
      const run = parseRunFile(await file.text());
      if (run.spec !== null) commit(run.spec);
      view.getState().show(run, "imported");
    } catch (error) {
      const { message, hint } = toErrorData(error);
      notify({ tone: "error", message: `${file.name}: ${message}`, hint });
    }
  };

  return (
    <>
      <IconButton icon="save" label="Export run" onClick={save} disabled={isEmpty} />
      <IconButton icon="open" label="Import run" onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        data-testid="run-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) void open(file);
        }}
      />
    </>
  );
}

const NEXT_THEME: Record<MantineColorScheme, MantineColorScheme> = { auto: "light", light: "dark", dark: "auto" };
const THEME_ICONS: Record<MantineColorScheme, IconName> = { auto: "auto", light: "sun", dark: "moon" };
const THEME_WORDS: Record<MantineColorScheme, string> = { auto: "as the system", light: "light", dark: "dark" };

/** Goes round the themes: as the system has it, light, dark. */
function ThemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <IconButton
      icon={THEME_ICONS[colorScheme]}
      label={`Theme: ${THEME_WORDS[colorScheme]}`}
      onClick={() => setColorScheme(NEXT_THEME[colorScheme])}
    />
  );
}
