import { type ReactNode, useEffect, useId, useRef } from "react";
import { NoticeBar } from "../frame/NoticeBar";
import { IconButton } from "./buttons";
import classes from "./Dialog.module.css";

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog over the screen. Its size does not depend on what is in it. The browser keeps the focus inside and gives it back. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = element.current;
    if (isOpen && dialog?.open === false) dialog.showModal();
    if (!isOpen) dialog?.close();
  }, [isOpen]);

  return (
    <dialog ref={element} className={classes.dialog} aria-labelledby={titleId} onClose={onClose}>
      <div className={classes.head}>
        <h2 id={titleId} className={classes.title}>
          {title}
        </h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </div>
      <div className={classes.notice}>{isOpen && <NoticeBar isInDialog />}</div>
      <div className={classes.body}>{children}</div>
    </dialog>
  );
}
