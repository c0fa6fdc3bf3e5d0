import { ActionIcon } from "@mantine/core";
import { type ReactNode, useState } from "react";
import classes from "./buttons.module.css";
import { Icon, type IconName } from "./Icon";

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does: read out, and shown on hover. */
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}

/** A quiet square button with an icon. */
export function IconButton({ icon, label, onClick, disabled = false }: IconButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      aria-label={label}
      title={label}
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
  readonly children: ReactNode;
}

/** A button that reads as a part of a line. */
export function TextButton({ onClick, disabled = false, label, children }: TextButtonProps) {
  return (
    <button
      type="button"
      className={classes.button}
      onClick={onClick}
      disabled={disabled}
      {...(label === undefined ? {} : { "aria-label": label })}
    >
      {children}
    </button>
  );
}

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
