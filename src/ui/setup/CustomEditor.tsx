import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { parseModelRef } from "../../core/model";
import type { Language } from "../../core/problem";
import { checkDraft } from "../../store/setup/check-draft";
import type { CustomDraft } from "../../store/setup/custom-draft";
import { useLab } from "../contexts";
import classes from "./CustomEditor.module.css";

/** The form of a problem of one's own. Says what is wrong while one types; keeps every text when it is closed. */
export function CustomEditor() {
  const draft = useLab((state) => state.draft);
  const edit = useLab((state) => state.edit);
  const commitDraft = useLab((state) => state.commitDraft);
  const setDrafting = useLab((state) => state.setDrafting);
  const engine = useLab((state) => parseModelRef(state.spec.model).engine);
  const checked = checkDraft(draft, engine);

  const field = (name: keyof CustomDraft) => ({
    value: draft[name],
    error: checked.ok ? undefined : checked.faults[name],
    onChange: (event: { currentTarget: { value: string } }) => edit({ [name]: event.currentTarget.value }),
  });

  const use = async () => {
    if ((await commitDraft()).ok) setDrafting(false);
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void use();
      }}
    >
      <TextInput label="Title" {...field("title")} />
      <Textarea label="Statement" autosize minRows={3} maxRows={10} {...field("statement")} />
      <NativeSelect
        label="Language"
        value={draft.language}
        onChange={(event) => edit({ language: event.currentTarget.value as Language })}
        data={[
          { value: "javascript", label: "JavaScript" },
          { value: "python", label: "Python" },
        ]}
      />
      <TextInput
        label="Function"
        classNames={{ input: classes.code ?? "" }}
        spellCheck={false}
        {...field("entryPoint")}
      />
      <Textarea
        label="Examples"
        description="The model sees them. One a line, as JSON: arguments -> expected value. A JSON list of tests works too."
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        classNames={{ input: classes.code ?? "" }}
        {...field("visibleTests")}
      />
      <Textarea
        label="Hidden tests"
        description="Kept from the search; they decide whether it is solved."
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        classNames={{ input: classes.code ?? "" }}
        {...field("hiddenTests")}
      />
      <div className={classes.buttons}>
        <Button type="submit" size="xs" disabled={!checked.ok}>
          Use this problem
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={() => setDrafting(false)}>
          Close
        </Button>
      </div>
    </form>
  );
}
