import { useState } from "react";
import classes from "./DeleteButton.module.css";
import { IconButton } from "./IconButton";
import { TextButton } from "./TextButton";

interface DeleteButtonProps {
  /** What it does to what, such as `Delete MBPP`. */
  readonly label: string;
  readonly onDelete: () => void;
}

/** Deletes at the second press: the first one asks. */
export function DeleteButton({ label, onDelete }: DeleteButtonProps) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) return <IconButton icon="bin" label={label} onClick={() => setAsking(true)} />;
  return (
    <span className={classes.question} ref={focusFirst}>
      <TextButton
        label={`${label}, really`}
        onClick={() => {
          setAsking(false);
          onDelete();
        }}
      >
        Delete
      </TextButton>
      <TextButton onClick={() => setAsking(false)}>Keep</TextButton>
    </span>
  );
}

/** The button that was pressed is gone: without this the keyboard would have to begin anew. */
function focusFirst(element: HTMLElement | null): void {
  element?.querySelector("button")?.focus();
}
