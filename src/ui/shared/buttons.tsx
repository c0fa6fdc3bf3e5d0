import { ActionIcon } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import classes from "./buttons.module.css";
import { Icon, type IconName } from "./Icon";

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does: read out, and shown on hover. */
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** Why it is disabled, shown on hover. */
  readonly reason?: string | undefined;
}

/** A quiet square button with an icon. */
export function IconButton({ icon, label, onClick, disabled = false, reason }: IconButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      aria-label={label}
      title={disabled && reason !== undefined ? reason : label}
      onClick={onClick}
      disabled={disabled}
    >
      <Icon name={icon} />
    </ActionIcon>
  );
}

interface TextButtonProps {
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** What it does, where its words alone do not say. */
  readonly label?: string;
  /** The id of what tells more of it. */
  readonly describedBy?: string;
  readonly children: ReactNode;
}

/** A button that reads as a part of a line. */
export function TextButton({ onClick, disabled = false, label, describedBy, children }: TextButtonProps) {
  return (
    <button
      type="button"
      className={classes.button}
      onClick={onClick}
      disabled={disabled}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(describedBy === undefined ? {} : { "aria-describedby": describedBy })}
    >
      {children}
    </button>
  );
}

interface DeleteButtonProps {
  /** What it does to what, such as `Delete MBPP`. */
  readonly label: string;
  /** What goes with it and what stays, in a sentence or two: said with the question. */
  readonly consequences?: string;
  readonly onDelete: () => void;
}

/** Deletes at the second press: the first one asks. */
export function DeleteButton({ label, consequences = "", onDelete }: DeleteButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const consequencesId = useId();
  if (!isAsking) return <IconButton icon="bin" label={label} onClick={() => setAsking(true)} />;
  return (
    <span className={classes.question} ref={focusFirst}>
      {consequences !== "" && (
        <span id={consequencesId} className={classes.consequences}>
          {consequences}
        </span>
      )}
      <TextButton
        label={`${label}, really`}
        describedBy={consequencesId}
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
